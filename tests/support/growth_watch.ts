/**
 * Notices lists, maps and sets that grow without bound, also those that nothing
 * but their owner can see: while something is done under it, it is told of each
 * entry that any of them gets. Unlike the heap's size that has no noise.
 */
export class GrowthWatch {
  /** The most entries that any of them had. */
  largest = 0;

  /** Does something, and notes how large it makes what it adds to. */
  watch<T>(action: () => T): T {
    const { push } = Array.prototype;
    const { set } = Map.prototype;
    const { add } = Set.prototype;
    const note = (size: number) => {
      if (size > this.largest) this.largest = size;
    };
    Array.prototype.push = function (...items) {
      const length = push.apply(this, items);
      note(length);
      return length;
    };
    Map.prototype.set = function (key, value) {
      set.call(this, key, value);
      note(this.size);
      return this;
    };
    Set.prototype.add = function (value) {
      add.call(this, value);
      note(this.size);
      return this;
    };
    try {
      return action();
    } finally {
      Array.prototype.push = push;
      Map.prototype.set = set;
      Set.prototype.add = add;
    }
  }
}
