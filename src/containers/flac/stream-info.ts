// STREAMINFO, the first metadata block (RFC 9639 §8.2): what a decoder must know before it sees frames.

/** Length of the block's content. */
export const STREAM_INFO_LENGTH = 34;

/** What of it is used here; all of it is carried over as it is. */
export interface StreamInfo {
  bytes: Uint8Array;
  channels: number;
  bitsPerSample: number;
  /** 0: not known. */
  totalSamples: number;
}

/** Reads a block's content of at least {@link STREAM_INFO_LENGTH} bytes; nothing of what stands behind these is used. */
export function readStreamInfo(block: Uint8Array): StreamInfo {
  const bytes = block.subarray(0, STREAM_INFO_LENGTH);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  // §8.2: sample rate 20 bits, channels less one 3, bits a sample less one 5, samples 36.
  const packed = view.getUint32(10);
  return {
    bytes,
    channels: ((packed >> 9) & 7) + 1,
    bitsPerSample: ((packed >> 4) & 31) + 1,
    totalSamples: (packed & 15) * 0x1_0000_0000 + view.getUint32(14),
  };
}
