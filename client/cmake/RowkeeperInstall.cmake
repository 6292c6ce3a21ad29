# cmake --install BUILD --prefix PREFIX --component client
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(ROWKEEPER_INSTALL_PROTO_DIR ${CMAKE_INSTALL_DATADIR}/rowkeeper/proto)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/rowkeeper)

set_target_properties(rowkeeper_client PROPERTIES EXPORT_NAME client)
set_target_properties(rowkeeper_protos PROPERTIES EXPORT_NAME protos)
install(TARGETS rowkeeper_client rowkeeper_protos EXPORT rowkeeperTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT client
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT rowkeeperTargets NAMESPACE rowkeeper:: DESTINATION ${package} COMPONENT client)

install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/include/rowkeeper DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT client)
install(DIRECTORY ${PROJECT_BINARY_DIR}/proto/rowkeeper DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT client
  FILES_MATCHING PATTERN *.pb.h)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/proto/rowkeeper DESTINATION ${ROWKEEPER_INSTALL_PROTO_DIR} COMPONENT client
  FILES_MATCHING PATTERN *.proto)
# What entities and clients may import besides; apart, for some have googleapis of their own.
set(ROWKEEPER_INSTALL_GOOGLEAPIS_DIR ${CMAKE_INSTALL_DATADIR}/rowkeeper/googleapis)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/server/protocols/google DESTINATION ${ROWKEEPER_INSTALL_GOOGLEAPIS_DIR}
  COMPONENT client FILES_MATCHING PATTERN *.proto)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/rowkeeperConfig.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/rowkeeperConfig.cmake INSTALL_DESTINATION ${package}
  PATH_VARS ROWKEEPER_INSTALL_PROTO_DIR ROWKEEPER_INSTALL_GOOGLEAPIS_DIR)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/rowkeeperConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/rowkeeperConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/rowkeeperConfigVersion.cmake
  ${CMAKE_CURRENT_LIST_DIR}/RowkeeperStubs.cmake DESTINATION ${package} COMPONENT client)
