/** RFC 1952 §2.3.1: identification and the only method there is. */
export const GZIP_SIGNATURE = '\x1f\x8b\x08';
