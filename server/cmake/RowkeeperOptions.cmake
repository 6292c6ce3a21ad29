# Language level, warnings and the packages that every target may use. All from the distribution.
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
set_property(GLOBAL PROPERTY USE_FOLDERS ON)

# -O2, as distributions build: CMake's -O3 costs compile time. What it does to the server's speed is not measured.
string(REPLACE "-O3" "-O2" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    # Without debug information a path is in no object, so that every clone can use the same cache.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
  endif()
endif()

find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(GRPCPP REQUIRED IMPORTED_TARGET grpc++)
find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)

option(ROWKEEPER_UNITY "Compile sources in batches: far less time for a whole build, more for one changed file" OFF)
option(ROWKEEPER_SERVER "Build the server; without it only the client library" ON)
if(ROWKEEPER_SERVER)
  find_package(spdlog CONFIG REQUIRED)
  find_package(CLI11 CONFIG REQUIRED)
  find_package(nlohmann_json CONFIG REQUIRED)
  find_package(OpenSSL REQUIRED)
  pkg_check_modules(TOMLPLUSPLUS REQUIRED IMPORTED_TARGET tomlplusplus)
  pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl>=7.87)
  pkg_check_modules(MICROHTTPD REQUIRED IMPORTED_TARGET libmicrohttpd)
  pkg_check_modules(PQXX REQUIRED IMPORTED_TARGET libpqxx)
  find_library(PG_QUERY_LIBRARY pg_query REQUIRED)
endif()

# Not for those who only install: compilers to come warn of more.
option(ROWKEEPER_WERROR "Treat warnings as errors" ${ROWKEEPER_TESTS})
add_library(rk_warnings INTERFACE)
target_compile_options(rk_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                       $<$<BOOL:${ROWKEEPER_WERROR}>:-Werror>)

set(ROWKEEPER_SANITIZE "" CACHE STRING "Sanitizers, for example address,undefined or thread")
if(ROWKEEPER_SANITIZE)
  # With checks between a value and its use, GCC takes std::regex's own for uninitialized.
  add_compile_options(-fsanitize=${ROWKEEPER_SANITIZE} -fno-omit-frame-pointer
                      $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  add_link_options(-fsanitize=${ROWKEEPER_SANITIZE})
  add_compile_definitions(ROWKEEPER_SANITIZED)
endif()

option(ROWKEEPER_LIBFUZZER "Build tests/fuzz/fuzzer.cc (clang only)" OFF)
if(ROWKEEPER_LIBFUZZER)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
