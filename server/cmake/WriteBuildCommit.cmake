# Run at each build: writes FILE with the commit of the sources in SOURCE, or with none where they are not in git. A file
# that would not change is left alone, so that nothing is compiled again.
execute_process(
  COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 --match=-
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
  set(commit "")
endif()
file(CONFIGURE OUTPUT ${FILE} CONTENT [[
#include "server/app/build_info.h"

namespace rowkeeper::app {

std::string_view BuildCommit() { return "@commit@"; }

}  // namespace rowkeeper::app
]] @ONLY)
