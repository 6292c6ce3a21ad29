# rowkeeper_add_stubs(TARGET ROOT directory PROTOS file… [IMPORTS directory…])
#
# A static library of the messages and stubs that protoc generates from PROTOS, which are named relative to ROOT, as they
# import each other. It may go into shared libraries. Directories may be relative to the current one. Further directories to import from go into IMPORTS; rowkeeper/v1/annotations.proto and google/protobuf
# are found by themselves.
#
#   rowkeeper_add_stubs(shop_stubs ROOT ${CMAKE_CURRENT_SOURCE_DIR}/proto PROTOS shop/v1/product.proto)
#   target_link_libraries(my_service PRIVATE rowkeeper::client shop_stubs)
function(rowkeeper_add_stubs target)
  cmake_parse_arguments(ARG "" "ROOT" "PROTOS;IMPORTS" ${ARGN})
  if(NOT ARG_ROOT OR NOT ARG_PROTOS)
    message(FATAL_ERROR "rowkeeper_add_stubs(${target}): ROOT and PROTOS are needed")
  endif()
  find_program(ROWKEEPER_GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)
  set(gen ${CMAKE_CURRENT_BINARY_DIR}/${target})
  file(MAKE_DIRECTORY ${gen})
  get_filename_component(root ${ARG_ROOT} ABSOLUTE)
  set(flags --cpp_out=${gen} --grpc_out=${gen} --plugin=protoc-gen-grpc=${ROWKEEPER_GRPC_CPP_PLUGIN} -I ${root})
  foreach(directory IN LISTS ARG_IMPORTS ROWKEEPER_PROTO_DIR)
    get_filename_component(directory ${directory} ABSOLUTE)
    list(APPEND flags -I ${directory})
  endforeach()
  # They import each other, and the annotations: each is made anew when any has changed.
  list(TRANSFORM ARG_PROTOS PREPEND ${root}/ OUTPUT_VARIABLE files)
  foreach(proto IN LISTS ARG_PROTOS)
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    set(outputs ${gen}/${stem}.pb.cc ${gen}/${stem}.pb.h ${gen}/${stem}.grpc.pb.cc ${gen}/${stem}.grpc.pb.h)
    add_custom_command(OUTPUT ${outputs} COMMAND protobuf::protoc ${flags} ${root}/${proto}
                       DEPENDS ${files} ${ROWKEEPER_PROTO_DIR}/rowkeeper/v1/annotations.proto VERBATIM)
    list(APPEND sources ${outputs})
  endforeach()
  add_library(${target} STATIC ${sources})
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_include_directories(${target} SYSTEM PUBLIC ${gen})
  target_link_libraries(${target} PUBLIC rowkeeper::protos)
endfunction()
