import { areEqual } from '../../bytes/equal.ts';
import { canonicalProfile } from '../../containers/icc.ts';
import { deflate } from '../../containers/pdf/inflate.ts';
import type { Dict, Stream } from '../../containers/pdf/objects.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import { setCoding } from './coding.ts';
import type { Sweep } from './sweep.ts';

/** An ICC profile stream (§8.6.5.5): in canonical form; one that viewers can't use is emptied, as they go by the alternate. */
export function* writeProfile(sweep: Sweep, stream: Stream, dict: Dict, body: Plan): Walk<boolean> {
  const { bytes, filters } = yield* sweep.document.decode(stream);
  const place = {
    kind: 'color-profile',
    where: 'ICCBased',
    bytes: stream.end - stream.start,
    offset: stream.start,
  } as const;
  if (bytes.length === 0) return true;
  const canonical = filters.length > 0 ? undefined : canonicalProfile(bytes);
  if (canonical === undefined || !canonical.usable) {
    const why = canonical === undefined ? 'It is coded as a picture.' : canonical.reason;
    sweep.plan.found({ ...place, action: 'removed', note: `Viewers can't use it. ${why}` });
    return true;
  }
  body.insert(deflate(canonical.bytes));
  setCoding(dict, ['FlateDecode'], []);
  const action = areEqual(bytes, canonical.bytes) ? 'kept' : 'rewritten';
  sweep.plan.found({ ...place, action });
  return true;
}
