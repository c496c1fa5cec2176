// FLAC in Ogg (RFC 9639 §10.1): the first packet holds STREAMINFO, each further header packet a metadata block.
import { concat } from '../../bytes/concat.ts';
import { latin1Bytes } from '../../bytes/text.ts';
import { channelMask } from '../../containers/flac/channel-mask.ts';
import {
  BLOCK_HEADER_LENGTH,
  BlockType,
  MAX_BLOCK_LENGTH,
  readBlockHeader,
  writeBlocks,
} from '../../containers/flac/metadata-block.ts';
import { readStreamInfo, STREAM_INFO_LENGTH, type StreamInfo } from '../../containers/flac/stream-info.ts';
import { readComments, writeComments } from '../../containers/vorbis-comment.ts';
import { malformed } from '../../core/errors.ts';
import { ruleFor } from '../flac/policy.ts';
import { type Codec, packetAt } from './codecs.ts';

/** `7F`, `FLAC`, version 1.0, then a count of header packets and the signature of FLAC itself. */
const MAPPING = '\x7fFLAC\x01\0';
const COUNT = '\0\x01';
const SIGNATURE = 'fLaC';
const STREAM_INFO_AT = MAPPING.length + COUNT.length + SIGNATURE.length + BLOCK_HEADER_LENGTH;
/** A frame begins with it, and no metadata block does. */
const SYNC = 0xff;

/** FLAC. */
export const flacCodec: Codec = {
  name: 'FLAC',
  commentHeader: 'VORBIS_COMMENT',
  extension: 'oga',
  isComplete: (packets) => packets.length > 1 && readBlockHeader(packets.at(-1)?.[0] ?? 0, 0).isLast,
  isData: (first) => first === SYNC,
  comments: (packets) => {
    const block = packets.find((packet, index) => index > 0 && typeOf(packet) === BlockType.vorbisComment);
    return block === undefined ? undefined : readComments(block.subarray(BLOCK_HEADER_LENGTH));
  },
  essentials: (packets, comments) => {
    const mask = channelMask(comments, streamInfo(packets).channels);
    return mask === undefined ? [] : [mask];
  },
  write: (packets, fields, plan) => {
    for (const packet of packets.slice(1)) {
      const { use, name, kind } = ruleFor(typeOf(packet));
      if (use !== 'comments') plan.found({ kind, where: `FLAC › ${name}`, action: 'removed', bytes: packet.length });
    }
    const extra = packetAt(packets, 0).length - STREAM_INFO_AT - STREAM_INFO_LENGTH;
    if (extra > 0) plan.found({ kind: 'other', where: 'FLAC › behind STREAMINFO', action: 'removed', bytes: extra });
    const list = writeComments(fields);
    const blocks = writeBlocks([
      { type: BlockType.streamInfo, content: streamInfo(packets).bytes },
      { type: BlockType.vorbisComment, content: list.length > MAX_BLOCK_LENGTH ? writeComments([]) : list },
    ]);
    const boundary = BLOCK_HEADER_LENGTH + STREAM_INFO_LENGTH;
    return [concat(latin1Bytes(MAPPING + COUNT + SIGNATURE), blocks.subarray(0, boundary)), blocks.subarray(boundary)];
  },
};

function typeOf(packet: Uint8Array): number {
  return readBlockHeader(packet[0] ?? 0, 0).type;
}

function streamInfo(packets: readonly Uint8Array[]): StreamInfo {
  const first = packetAt(packets, 0);
  if (first.length < STREAM_INFO_AT + STREAM_INFO_LENGTH) {
    throw malformed('STREAMINFO is too short.', undefined, 'FLAC', 'STREAMINFO');
  }
  return readStreamInfo(first.subarray(STREAM_INFO_AT));
}
