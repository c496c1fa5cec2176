// WAV: `RIFF` chunks around sampled sound (Microsoft/IBM 1991; RF64 and BW64: EBU Tech 3306, ITU-R BS.2088; W64: Sonic Foundry).
// `fmt `, `fact` and `data` make the sound. Every other chunk, bytes between and behind them, and whatever a size hides is
// metadata or rest: LIST INFO, bext, iXML, ID3, XMP, cue points, Pro Tools and Audition blocks.
import { startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** WAV, RF64, BW64, RIFX and W64 sound. */
export const wav: Format = {
  id: 'wav',
  name: 'WAV',
  mediaTypes: ['audio/wav', 'audio/vnd.wave', 'audio/wave', 'audio/x-wav'],
  extensions: ['wav', 'wave', 'bwf', 'rf64', 'w64'],
  summary: 'Samples are copied as they are; LIST, bext, iXML, ID3, XMP, cue points and all other chunks go.',
  mayFollowId3: true,
  matches: (head) =>
    (['RIFF', 'RIFX', 'RF64', 'BW64'].some((id) => startsWith(head, id)) && startsWith(head, 'WAVE', 8)) ||
    (startsWith(head, 'riff\x2e\x91\xcf\x11') && startsWith(head, 'wave\xf3\xac\xd3\x11', 24)),
  walk: /* @__PURE__ */ lazily('WAV', async () => (await import('./wav/walk.ts')).walkWav),
};
