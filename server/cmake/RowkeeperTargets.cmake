# Compiles the sources of a target in batches, so that the headers of gRPC, protobuf and abseil are read once a batch.
# Names in anonymous namespaces must therefore be unique within a folder.
function(rk_unity name)
  if(ROWKEEPER_UNITY)
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
  endif()
endfunction()

# rk_library(NAME SOURCES … [PUBLIC …] [PRIVATE …]): the one target of a server folder.
function(rk_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE} rk_warnings)
  rk_unity(${name})
endfunction()

# rk_test(NAME KIND unit|pg [TIMEOUT seconds] SOURCES … LIBRARIES …): one GoogleTest binary; pg tests need
# ROWKEEPER_TEST_DATABASE_URL. The timeout ends what hangs: ten times what the slowest takes on two free processors.
function(rk_test name)
  cmake_parse_arguments(ARG "" "KIND;TIMEOUT" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 600)
  endif()
  if(ROWKEEPER_SANITIZE)
    math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 5")
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} rk_warnings GTest::gmock GTest::gtest_main)
  rk_unity(${name})
  if(ROWKEEPER_SANITIZE MATCHES thread)
    set(locks ${PROJECT_SOURCE_DIR}/tests/support/tsan_abseil.cc)
    target_sources(${name} PRIVATE ${locks})
    set_source_files_properties(${locks} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  # No SKIP_REGULAR_EXPRESSION: one skipped case would hide that another failed. tests/run.sh counts the cases.
  set_tests_properties(${name} PROPERTIES LABELS ${ARG_KIND} TIMEOUT ${ARG_TIMEOUT})
endfunction()
