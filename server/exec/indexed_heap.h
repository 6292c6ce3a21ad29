#pragma once

#include <cstddef>
#include <vector>

namespace rowkeeper::exec {

/// Pointers to items, the one with the least key at the top. Each item keeps its place in `kPlace`, so that it can be
/// taken out or moved in O(log n) wherever it is. Items outlive their stay.
template <typename Item, size_t Item::*kPlace, typename Key>
class IndexedHeap {
 public:
  struct Entry {
    Key key;  // beside the others, or each comparison would fetch an item from memory
    Item* item;
  };

  bool empty() const { return entries_.empty(); }
  const Entry& top() const { return entries_.front(); }
  /// In no order.
  const std::vector<Entry>& entries() const { return entries_; }

  void Add(Item* item, const Key& key) {
    entries_.push_back({key, item});
    Rise(entries_.size() - 1);
  }

  void Remove(Item* item) {
    const size_t place = item->*kPlace;
    const Entry last = entries_.back();
    entries_.pop_back();
    if (last.item == item) return;
    Put(last, place);
    Sink(Rise(place));
  }

  void Update(Item* item, const Key& key) {
    const size_t place = item->*kPlace;
    entries_[place].key = key;
    Sink(Rise(place));
  }

 private:
  void Put(const Entry& entry, size_t place) {
    entries_[place] = entry;
    entry.item->*kPlace = place;
  }

  size_t Rise(size_t place) {
    const Entry entry = entries_[place];
    while (place > 0 && entry.key < entries_[(place - 1) / 2].key) {
      Put(entries_[(place - 1) / 2], place);
      place = (place - 1) / 2;
    }
    Put(entry, place);
    return place;
  }

  void Sink(size_t place) {
    const Entry entry = entries_[place];
    for (size_t child = 2 * place + 1; child < entries_.size(); child = 2 * place + 1) {
      if (child + 1 < entries_.size() && entries_[child + 1].key < entries_[child].key) ++child;
      if (!(entries_[child].key < entry.key)) break;
      Put(entries_[child], place);
      place = child;
    }
    Put(entry, place);
  }

  std::vector<Entry> entries_;
};

}  // namespace rowkeeper::exec
