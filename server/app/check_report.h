#pragma once

#include <string>
#include <vector>

#include "server/app/fit_remedy.h"
#include "server/app/loaded_catalogue.h"
#include "server/app/statement_trials.h"
#include "server/schema/fit.h"

namespace rowkeeper::app {

/// How much `check` says.
enum class Detail {
  kCauses,      ///< each cause once, with a few of the methods that it closes
  kEverything,  ///< all methods, and every refused statement with PostgreSQL's whole answer
};

/// What `check` prints about differences, in the order of the catalogue: each cause once, what it closes, and what to
/// do. Statements that are refused because of one of the causes are not told again, except in kEverything; others are
/// told by cause, too. Pure.
std::string FitText(const LoadedCatalogue& loaded, const schema::FitReport& fit,
                    const std::vector<StatementTrials::Refusal>& refused, const Remedies& remedies, Detail detail);

}  // namespace rowkeeper::app
