#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/app/catalogue_generation.h"

namespace rowkeeper::app {

/// Frees generations on a thread of its own, whoever lets go of them last: that takes long, and may be done on no
/// thread that answers calls. Thread-safe.
class GenerationReaper {
 public:
  /// `before` is called with each before it is freed, until Close.
  explicit GenerationReaper(std::function<void(const CatalogueGeneration&)> before);
  ~GenerationReaper();

  void Take(std::unique_ptr<CatalogueGeneration> generation);
  /// Frees what is left, and all that comes later on the thread that brings it. Call once, before what `before` uses
  /// goes.
  void Close();

 private:
  void Run();

  const std::function<void(const CatalogueGeneration&)> before_;
  absl::Mutex mutex_;
  absl::CondVar changed_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::unique_ptr<CatalogueGeneration>> taken_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

/// Has another catalogue served in place of the one that is, in two steps: it is offered, which finds out what the
/// database lets be served of it; and it is served once nothing that is served now would be refused. Offer, Serve and
/// Withdraw are for one thread at a time, the others for any.
class CatalogueSwitch {
 public:
  /// What the server does. Called by Start and by those who offer and serve.
  struct Hooks {
    std::function<absl::StatusOr<std::unique_ptr<CatalogueGeneration>>(std::shared_ptr<const LoadedCatalogue> loaded,
                                                                       uint64_t number)>
        make;
    /// Whether it may be served; not asked of the first one.
    std::function<absl::Status(const CatalogueGeneration&)> check;
    /// Has the database watched for it.
    std::function<void(const SharedGeneration&)> watch;
    /// It takes the place of `before`, which is never null.
    std::function<void(const SharedGeneration& next, const SharedGeneration& before)> serve;
    /// See GenerationReaper.
    std::function<void(const CatalogueGeneration&)> before_end;
  };
  explicit CatalogueSwitch(Hooks hooks);
  ~CatalogueSwitch() { Close(); }
  CatalogueSwitch(const CatalogueSwitch&) = delete;
  CatalogueSwitch& operator=(const CatalogueSwitch&) = delete;

  /// Makes the first one, which is served from then on. Call once, first.
  absl::Status Start(std::shared_ptr<const LoadedCatalogue> loaded);

  /// Errors say why `loaded` can never be served by this process. What was offered before is dropped.
  absl::Status Offer(std::shared_ptr<const LoadedCatalogue> loaded);
  /// Serves what was offered; nothing when that is not to be done yet, as Obstacle says. True when it is served.
  bool Serve();
  void Withdraw();
  /// Null when none is.
  SharedGeneration Offered() const;
  /// What keeps the catalogue that was offered from being served, in one line; empty: nothing, or nothing is offered.
  std::string Obstacle() const;

  /// Null before Start.
  SharedGeneration Get() const { return served_.Get(); }
  const ServedGeneration& served() const { return served_; }
  /// See ServedGeneration. Of any thread.
  void SetProblem(std::string problem) { served_.SetProblem(std::move(problem)); }
  /// Nothing is switched from now on, and what is let go of is freed at once.
  void Close();

 private:
  absl::StatusOr<SharedGeneration> Make(std::shared_ptr<const LoadedCatalogue> loaded);

  const Hooks hooks_;
  /// Outlives all generations, which hold it.
  const std::shared_ptr<GenerationReaper> reaper_;
  ServedGeneration served_;
  ServedGeneration offered_;
};

/// What is served now and would be refused by `next`, in one line; empty: nothing. `known`: the relations that there
/// are now, as reports name them.
std::string WhatBreaks(const ServingReport& now, const std::set<std::string>& known, const ServingReport& next);

}  // namespace rowkeeper::app
