/** At most this many places are remembered; enough for a table of a hundred. */
const MAX_POINTS = 400;

/** Where frames begin, each so many frames: their distance doubles when there are too many, so that any file takes as little. */
export class SeekPoints {
  /** Number of the frame whose place is to be added next. */
  next = 0;
  #distance = 1;
  #offsets: number[] = [];

  /** Remembers where frame {@link next} begins; returns the next one. */
  add(offset: number): number {
    this.#offsets.push(offset);
    if (this.#offsets.length >= MAX_POINTS) {
      this.#offsets = this.#offsets.filter((_, index) => index % 2 === 0);
      this.#distance *= 2;
    }
    this.next = this.#offsets.length * this.#distance;
    return this.next;
  }

  /** Where a frame begins; in between of the nearest known where it isn't remembered. */
  offsetOf(frame: number, frames: number, end: number): number {
    if (frame >= frames) return end;
    const index = Math.min(Math.floor(frame / this.#distance), this.#offsets.length - 1);
    const from = this.#offsets[index] ?? 0;
    const to = this.#offsets[index + 1] ?? end;
    const toFrame = this.#offsets[index + 1] === undefined ? frames : (index + 1) * this.#distance;
    const fromFrame = index * this.#distance;
    return Math.floor(from + ((to - from) * (frame - fromFrame)) / Math.max(1, toFrame - fromFrame));
  }
}
