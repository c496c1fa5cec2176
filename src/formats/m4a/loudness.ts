// Loudness hints in items of iTunes: numbers, of which nothing else is kept.

/** Names of items with the form that their value has. */
const loudnessItems: ReadonlyMap<string, RegExp> = new Map([
  // Ten hexadecimal words of iTunes' Sound Check.
  ['iTunNORM', /^(?:[0-9A-F]{8}(?: |$)){10}$/i],
  ['replaygain_track_gain', /^[+-]?\d{1,3}(?:\.\d{1,6})? dB$/i],
  ['replaygain_album_gain', /^[+-]?\d{1,3}(?:\.\d{1,6})? dB$/i],
  ['replaygain_track_peak', /^\d{1,3}(?:\.\d{1,9})?$/],
  ['replaygain_album_peak', /^\d{1,3}(?:\.\d{1,9})?$/],
]);

/** Whether an item says how loud the sound is, and nothing else. */
export function isLoudnessItem(name: string, value: string): boolean {
  return loudnessItems.get(name)?.test(value) === true;
}

/** Names of loudness items in the order in which they are written. */
export const loudnessNames: readonly string[] = [...loudnessItems.keys()];
