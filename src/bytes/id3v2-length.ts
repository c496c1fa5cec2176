/** Length of an ID3v2 tag's header, and of its footer (ID3v2.4 structure §3.1, §3.4). */
export const ID3V2_HEADER_LENGTH = 10;
const FOOTER_PRESENT = 0x10;

/**
 * Length of the ID3v2 tag whose header stands at `at`, header and footer included, as the header says; 0 where none stands.
 * Major versions 2 to 4 are in use; the size is four times seven bits.
 */
export function id3v2Length(bytes: Uint8Array, at = 0): number {
  if (bytes.length - at < ID3V2_HEADER_LENGTH) return 0;
  if (bytes[at] !== 0x49 || bytes[at + 1] !== 0x44 || bytes[at + 2] !== 0x33) return 0;
  const major = bytes[at + 3] ?? 0;
  if (major < 2 || major > 4 || bytes[at + 4] === 0xff) return 0;
  let size = 0;
  for (let index = 6; index < ID3V2_HEADER_LENGTH; index++) {
    const byte = bytes[at + index] ?? 0;
    if (byte > 0x7f) return 0;
    size = size * 128 + byte;
  }
  const hasFooter = major === 4 && ((bytes[at + 5] ?? 0) & FOOTER_PRESENT) !== 0;
  return ID3V2_HEADER_LENGTH + size + (hasFooter ? ID3V2_HEADER_LENGTH : 0);
}
