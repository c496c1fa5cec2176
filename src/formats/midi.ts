// Standard MIDI Files: a header and tracks of events (RP-001).
// Notes, controllers, tempo, bars, keys, lyrics and messages that set how a device sounds are content. Text, names, copyright,
// markers, sequencers' own data, messages for one maker's device and other chunks are metadata.
import { startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** Standard MIDI Files, karaoke among them. */
export const midi: Format = {
  id: 'midi',
  name: 'MIDI',
  mediaTypes: ['audio/midi', 'audio/x-midi'],
  extensions: ['mid', 'midi', 'kar', 'smf'],
  summary: 'Notes, tempo and lyrics stay; text, names, copyright, markers and sequencers’ own data go.',
  matches: (head) => startsWith(head, 'MThd'),
  walk: /* @__PURE__ */ lazily('MIDI', async () => (await import('./midi/walk.ts')).walkMidi),
};
