#include "tests/hostile/soak_report.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "server/base/text.h"

namespace rowkeeper::testing {
namespace {

constexpr double kWidth = 900, kHeight = 300, kMargin = 50;

double MostMemory(const std::vector<SoakSample>& samples) {
  double most = 1;
  for (const SoakSample& sample : samples) most = std::max(most, sample.memory);
  return most;
}

void WritePlot(const std::vector<SoakSample>& samples, std::ofstream& out) {
  const double most = MostMemory(samples), time = std::max(samples.back().second, 1.0);
  out << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" << kWidth + 2 * kMargin << "\" height=\""
      << kHeight + 2 * kMargin << "\" font-family=\"sans-serif\" font-size=\"12\">\n"
      << "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
      << "<text x=\"" << kMargin << "\" y=\"30\">resident memory, 0 to " << most << " MiB, over " << time
      << " s</text>\n<rect x=\"" << kMargin << "\" y=\"" << kMargin << "\" width=\"" << kWidth << "\" height=\""
      << kHeight << "\" fill=\"none\" stroke=\"gray\"/>\n<polyline fill=\"none\" stroke=\"navy\" points=\"";
  for (const SoakSample& sample : samples) {
    out << kMargin + kWidth * sample.second / time << ',' << kMargin + kHeight * (1 - sample.memory / most) << ' ';
  }
  out << "\"/>\n</svg>\n";
}

}  // namespace

SoakSample SampleOf(pid_t process) {
  SoakSample sample;
  std::ifstream status(Cat("/proc/", process, "/status"));
  constexpr char kName[] = "VmRSS:";
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(kName, 0) == 0) sample.memory = std::stod(line.substr(sizeof(kName) - 1)) / 1024;
  }
  std::error_code gone;
  const std::filesystem::directory_iterator files(Cat("/proc/", process, "/fd"), gone);
  sample.open_files = static_cast<int>(std::distance(begin(files), end(files)));
  return sample;
}

double MeanMemory(const std::vector<SoakSample>& samples, int third) {
  const size_t part = samples.size() / 3;
  double sum = 0;
  for (size_t i = 0; i < part; ++i) sum += samples[third * part + i].memory;
  return part == 0 ? 0 : sum / static_cast<double>(part);
}

void WriteSoak(const std::vector<SoakSample>& samples, const std::string& directory) {
  std::filesystem::create_directories(directory);
  std::ofstream csv(directory + "/soak.csv");
  csv << "second,memory_mib,open_files,done,failed\n";
  for (const SoakSample& sample : samples) {
    csv << sample.second << ',' << sample.memory << ',' << sample.open_files << ',' << sample.done << ','
        << sample.failed << '\n';
  }
  std::ofstream svg(directory + "/soak.svg");
  WritePlot(samples, svg);
}

}  // namespace rowkeeper::testing
