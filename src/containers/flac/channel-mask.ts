// Which speaker a channel is for, where it is not the usual one: a field of Vorbis comments (RFC 9639 §8.6.2).
import type { Comment } from '../vorbis-comment.ts';
import { decode, type Field } from '../vorbis-comment-fields.ts';

const NAME = 'WAVEFORMATEXTENSIBLE_CHANNEL_MASK';
/** Speakers that have a place (§8.6.2). */
const ALL_SPEAKERS = 0x3ffff;
/** The usual masks of one and two channels (§9.1.3). For more, decoders disagree on what is usual. */
const usualMasks = [0, 0x4, 0x3];

/** The field that says which speakers the channels are for; nothing where it says what is so without it. */
export function channelMask(comments: readonly Comment[], channels: number): Field | undefined {
  for (const { name, value } of comments) {
    if (name !== NAME) continue;
    const digits = /^0x([0-9a-f]{1,8})$/i.exec(decode(value)?.trim() ?? '')?.[1];
    const mask = digits === undefined ? -1 : Number.parseInt(digits, 16);
    if (mask < 0 || (mask & ~ALL_SPEAKERS) !== 0 || !fits(mask, channels)) continue;
    return mask === usualMasks[channels] ? undefined : [NAME, `0x${mask.toString(16).toUpperCase()}`];
  }
  return undefined;
}

/** §8.6.2: a mask of zero says that channels have no speakers. */
function fits(mask: number, channels: number): boolean {
  let speakers = 0;
  for (let rest = mask; rest > 0; rest &= rest - 1) speakers++;
  return speakers === channels || mask === 0;
}
