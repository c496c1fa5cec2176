/** LOAS AudioSyncStream (ISO/IEC 14496-3 §1.7.2): eleven bits of sync word, thirteen of length. */
const HEADER_LENGTH = 3;
const CHAIN = 3;

/** Whether a file begins with LOAS frames that follow one another. */
export function isLoas(head: Uint8Array): boolean {
  let at = 0;
  for (let frames = 0; frames < CHAIN; frames++) {
    const [first, second = 0, third = 0] = head.subarray(at, at + HEADER_LENGTH);
    if (first !== 0x56 || (second & 0xe0) !== 0xe0) return false;
    at += HEADER_LENGTH + (((second & 0x1f) << 8) | third);
    if (at === head.length || (frames > 0 && at > head.length)) return true;
  }
  return true;
}
