import { areEqual } from '../../bytes/equal.ts';
import { carry } from '../../containers/carry.ts';
import { keepCover } from '../../containers/cover-art.ts';
import { channelMask } from '../../containers/flac/channel-mask.ts';
import { canonicalCueSheet } from '../../containers/flac/cue-sheet.ts';
import {
  BLOCK_HEADER_LENGTH,
  type Block,
  BlockType,
  readBlockHeader,
  writeBlocks,
} from '../../containers/flac/metadata-block.ts';
import { measurePicture, type Picture, readPicture } from '../../containers/flac/picture.ts';
import { readStreamInfo, STREAM_INFO_LENGTH, type StreamInfo } from '../../containers/flac/stream-info.ts';
import { type CommentList, readComments, writeComments } from '../../containers/vorbis-comment.ts';
import { selectFields } from '../../containers/vorbis-comment-fields.ts';
import { describeComments } from '../../containers/vorbis-comment-inventory.ts';
import { commentPictures } from '../../containers/vorbis-comment-picture.ts';
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { type BlockRule, ruleFor } from './policy.ts';

/** What is taken from the metadata blocks. */
interface Metadata {
  streamInfo: StreamInfo | undefined;
  /** Of the first VORBIS_COMMENT; there must be no other (RFC 9639 §8.6). */
  comments: { list: CommentList; start: number } | undefined;
  cueSheet: Uint8Array | undefined;
  pictures: Picture[];
}

/**
 * Reads the metadata blocks from `start` on and writes those that are kept.
 * @returns what STREAMINFO says, and where the blocks end
 */
export function* walkMetadata(
  window: Window,
  plan: Plan,
  context: Context,
  start: number,
): Walk<{ streamInfo: StreamInfo; end: number }> {
  const metadata: Metadata = { streamInfo: undefined, comments: undefined, cueSheet: undefined, pictures: [] };
  let at = start;
  for (let isLast = false; !isLast; ) {
    context.countStructures();
    if (!window.has(at, BLOCK_HEADER_LENGTH)) yield window.need(at, BLOCK_HEADER_LENGTH, 'metadata block');
    const header = readBlockHeader(window.u8(at), window.u24be(at + 1));
    if (header.type === BlockType.forbidden) throw malformed('A metadata block is of no type.', at, 'metadata block');
    const rule = ruleFor(header.type);
    const contentStart = at + BLOCK_HEADER_LENGTH;
    let end = contentStart + header.length;
    if (rule.use === 'picture') end = yield* endOfPicture(window, plan, contentStart, end);
    if (!(yield* read(window, plan, context, metadata, rule, contentStart, end))) {
      const bytes = end - at;
      plan.found({ kind: rule.kind, where: rule.name, action: 'removed', bytes, offset: at });
    }
    isLast = header.isLast;
    at = end;
  }
  const { streamInfo } = metadata;
  if (streamInfo === undefined) {
    throw malformed('The file does not say how its sound is coded: it has no STREAMINFO.', start, 'STREAMINFO');
  }
  const blocks = writeBlocks(yield* keptBlocks(plan, context, streamInfo, metadata));
  if (blocks.length !== at - start) plan.insert(blocks);
  else {
    if (!window.has(start, blocks.length)) yield window.need(start, blocks.length, 'metadata block');
    carry(plan, start, window.view(start, at), blocks);
  }
  return { streamInfo, end: at };
}

/** Reads what may be kept of one block's content `[start, end)`; returns whether it was looked into. */
function* read(
  window: Window,
  plan: Plan,
  context: Context,
  metadata: Metadata,
  rule: BlockRule,
  start: number,
  end: number,
): Walk<boolean> {
  const isRead =
    rule.use === 'streamInfo' ||
    (rule.use === 'comments' && metadata.comments === undefined) ||
    (rule.use === 'picture' && context.keeps('coverArt')) ||
    (rule.use === 'cueSheet' && context.keeps('chapters') && metadata.cueSheet === undefined);
  if (!isRead) {
    if (end > start && !window.has(end - 1, 1)) yield window.need(end - 1, 1, rule.name);
    return false;
  }
  if (!window.has(start, end - start)) yield window.need(start, end - start, rule.name);
  const content = window.view(start, end);
  if (rule.use === 'streamInfo') {
    if (content.length < STREAM_INFO_LENGTH) throw malformed('STREAMINFO is too short.', start, rule.name);
    const isFirst = metadata.streamInfo === undefined;
    metadata.streamInfo ??= readStreamInfo(content);
    return isFirst && content.length === STREAM_INFO_LENGTH;
  }
  if (rule.use === 'comments') {
    metadata.comments = { list: readComments(content), start };
    context.countStructures(metadata.comments.list.comments.length);
    return true;
  }
  if (rule.use === 'picture') {
    const picture = readPicture(content);
    if (picture !== undefined) metadata.pictures.push(picture);
    return picture !== undefined;
  }
  metadata.cueSheet = canonicalCueSheet(content);
  if (metadata.cueSheet === undefined) return false;
  const action = areEqual(metadata.cueSheet, content) ? 'kept' : 'rewritten';
  plan.found({ kind: rule.kind, where: rule.name, action, bytes: content.length, offset: start });
  return true;
}

/** Some writers give a block's length too small for the picture in it; decoders go by the picture's own lengths. */
function* endOfPicture(window: Window, plan: Plan, start: number, end: number): Walk<number> {
  let own: number | undefined;
  for (let length = 32; own === undefined && start + length <= window.size; ) {
    if (!window.has(start, length)) yield window.need(start, length, 'PICTURE');
    own = measurePicture(window.view(start, start + length));
    if (length > MAX_PICTURE_TEXT) return end;
    length *= 4;
  }
  if (own === undefined || start + own <= end || start + own > window.size) return end;
  plan.found({
    kind: 'structure',
    where: 'PICTURE',
    action: 'removed',
    bytes: start + own - end,
    offset: end,
    note: "The picture is longer than the block's length says.",
  });
  return start + own;
}

/** More text than this in front of a picture's data is not believed. */
const MAX_PICTURE_TEXT = 64 * 1024;

function* keptBlocks(plan: Plan, context: Context, streamInfo: StreamInfo, metadata: Metadata): Walk<Block[]> {
  const blocks: Block[] = [{ type: BlockType.streamInfo, content: streamInfo.bytes }];
  const { list, start } = metadata.comments ?? {};
  if (list !== undefined) {
    const mask = channelMask(list.comments, streamInfo.channels);
    const fields = [...(mask === undefined ? [] : [mask]), ...selectFields(list.comments, context)];
    if (context.describes) describeComments(plan, context, list, 'VORBIS_COMMENT', fields, start);
    if (fields.length > 0) blocks.push({ type: BlockType.vorbisComment, content: writeComments(fields) });
  }
  if (metadata.cueSheet !== undefined) blocks.push({ type: BlockType.cueSheet, content: metadata.cueSheet });
  const pictures = metadata.pictures.length > 0 ? metadata.pictures : commentPictures(list?.comments ?? []);
  const cover = context.keeps('coverArt') ? yield* keepCover(context, plan, pictures, 'PICTURE') : undefined;
  if (cover !== undefined) blocks.push({ type: BlockType.picture, content: cover });
  return blocks;
}
