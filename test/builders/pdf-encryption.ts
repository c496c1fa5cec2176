// Encrypts PDF files as the standard security handler does (ISO 32000-1 §7.6, ISO 32000-2 §7.6).
import { createCipheriv, createHash } from 'node:crypto';
import type { Coder } from './pdf.ts';

/** Revisions of the handler, with the cipher. */
export type Scheme = 'RC4-40' | 'RC4-128' | 'AES-128' | 'AES-256 R5' | 'AES-256 R6';

/** What a file is encrypted with. */
export interface Encryption {
  scheme: Scheme;
  user?: string;
  owner?: string;
  /** First part of the file identifier. */
  id?: string;
  /** For AES. */
  vector?: Uint8Array;
  /** Whether XMP is encrypted, too. */
  metadata?: boolean;
  /** Whether strings are. */
  strings?: boolean;
}

/** The trailer's entries, the encryption dictionary, a coder of streams, and one of strings. */
export interface Encrypted {
  trailer: string;
  encrypt: string;
  code: Coder;
  text: (text: string, num: number) => string;
}

const PADDING = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');
const PERMISSIONS = Buffer.from([0xfc, 0xff, 0xff, 0xff]);
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const hex = (bytes: Uint8Array): string => `<${Buffer.from(bytes).toString('hex')}>`;
const hash = (name: string, ...parts: Uint8Array[]): Buffer => createHash(name).update(Buffer.concat(parts)).digest();
const pad = (password: string): Buffer => Buffer.concat([latin1(password), PADDING]).subarray(0, 32);

/** Encrypts as asked. */
export function encryption(settings: Encryption): Encrypted {
  const { scheme, id = '0123456789abcdef', vector = new Uint8Array(16).fill(7), strings = true } = settings;
  const isAes256 = scheme.startsWith('AES-256');
  const { key, entries } = isAes256 ? aes256Keys(settings) : rc4Keys(settings, id);
  const cipher = scheme.startsWith('AES') ? 'AES' : 'RC4';
  const code: Coder = (bytes, num) => {
    if (isAes256) return aesCode('aes-256-cbc', key, vector, bytes);
    const salt = cipher === 'AES' ? latin1('sAlT') : Buffer.alloc(0);
    const objectKey = hash('md5', key, Buffer.from([num & 255, num >> 8, 0, 0, 0]), salt).subarray(0, key.length + 5);
    return cipher === 'AES' ? aesCode('aes-128-cbc', objectKey, vector, bytes) : rc4(objectKey, bytes);
  };
  const method = isAes256 ? 'AESV3' : 'AESV2';
  const filters =
    cipher === 'AES'
      ? `/CF<</StdCF<</CFM/${method}/AuthEvent/DocOpen/Length ${isAes256 ? 32 : 16}>>>>/StmF/StdCF/StrF/${strings ? 'StdCF' : 'Identity'}`
      : '';
  const metadata = settings.metadata === false ? '/EncryptMetadata false' : '';
  return {
    trailer: `/ID[${hex(latin1(id))}${hex(latin1(id))}]`,
    encrypt: `<</Filter/Standard/P -4${entries}${filters}${metadata}>>`,
    code,
    text: (text, num) => (strings ? hex(code(latin1(text), num)) : `(${text})`),
  };
}

function aesCode(name: string, key: Uint8Array, vector: Uint8Array, bytes: Uint8Array): Buffer {
  const cipher = createCipheriv(name, key, vector);
  return Buffer.concat([vector, cipher.update(bytes), cipher.final()]);
}

/** Algorithms 2 to 5. */
function rc4Keys({ scheme, user = '', owner = user, metadata = true }: Encryption, id: string) {
  const length = scheme === 'RC4-40' ? 5 : 16;
  const isOld = scheme === 'RC4-40';
  let ownerKey = hash('md5', pad(owner));
  if (!isOld) for (let round = 0; round < 50; round++) ownerKey = hash('md5', ownerKey);
  ownerKey = ownerKey.subarray(0, length);
  const ownerEntry = rounds(ownerKey, pad(user), isOld ? 1 : 20);
  const more = scheme === 'AES-128' && !metadata ? Buffer.from('ffffffff', 'hex') : Buffer.alloc(0);
  let key = hash('md5', pad(user), ownerEntry, PERMISSIONS, latin1(id), more);
  if (!isOld) for (let round = 0; round < 50; round++) key = hash('md5', key.subarray(0, length));
  key = key.subarray(0, length);
  const userEntry = isOld
    ? rc4(key, PADDING)
    : Buffer.concat([rounds(key, hash('md5', PADDING, latin1(id)), 20), Buffer.alloc(16)]);
  const version = isOld ? '/V 1/R 2' : scheme === 'RC4-128' ? '/V 2/R 3/Length 128' : '/V 4/R 4/Length 128';
  return { key, entries: `${version}/O ${hex(ownerEntry)}/U ${hex(userEntry)}` };
}

function rounds(key: Uint8Array, data: Uint8Array, count: number): Buffer {
  let coded: Buffer = Buffer.from(data);
  for (let round = 0; round < count; round++) coded = rc4(Buffer.from(key.map((byte) => byte ^ round)), coded);
  return coded;
}

/** Algorithms 8 to 10 of ISO 32000-2; revision 5 hashes once. */
function aes256Keys({ scheme, user = '', owner = 'owner', metadata = true }: Encryption) {
  const key = hash('sha256', latin1('the file’s key'));
  const digest = (password: string, salt: string, more: Uint8Array): Buffer =>
    scheme === 'AES-256 R5'
      ? hash('sha256', Buffer.from(password), latin1(salt), more)
      : hash2B(Buffer.from(password), latin1(salt), more);
  const wrap = (by: Uint8Array): Buffer => {
    const cipher = createCipheriv('aes-256-cbc', by, Buffer.alloc(16)).setAutoPadding(false);
    return Buffer.concat([cipher.update(key), cipher.final()]);
  };
  const none = Buffer.alloc(0);
  const userEntry = Buffer.concat([digest(user, 'validate', none), latin1('validatekey salt')]);
  const userKey = wrap(digest(user, 'key salt', none));
  const ownerEntry = Buffer.concat([digest(owner, 'VALIDATE', userEntry), latin1('VALIDATEKEY SALT')]);
  const ownerKey = wrap(digest(owner, 'KEY SALT', userEntry));
  const plain = Buffer.concat([PERMISSIONS, Buffer.alloc(4, 255), latin1(metadata ? 'Tadb' : 'Fadb'), Buffer.alloc(4)]);
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const permissions = Buffer.concat([cipher.update(plain), cipher.final()]);
  const revision = scheme === 'AES-256 R5' ? 5 : 6;
  return {
    key,
    entries: `/V 5/R ${revision}/Length 256/O ${hex(ownerEntry)}/U ${hex(userEntry)}/OE ${hex(ownerKey)}/UE ${hex(userKey)}/Perms ${hex(permissions)}`,
  };
}

/** Algorithm 2.B. */
function hash2B(password: Buffer, salt: Buffer, more: Uint8Array): Buffer {
  let key = hash('sha256', password, salt, more);
  for (let round = 0, last = 0; round < 64 || last > round - 32; round++) {
    const repeated = Buffer.concat(Array.from({ length: 64 }, () => Buffer.concat([password, key, more])));
    const cipher = createCipheriv('aes-128-cbc', key.subarray(0, 16), key.subarray(16, 32)).setAutoPadding(false);
    const coded = Buffer.concat([cipher.update(repeated), cipher.final()]);
    const rest = BigInt(`0x${coded.subarray(0, 16).toString('hex')}`) % 3n;
    key = hash(rest === 0n ? 'sha256' : rest === 1n ? 'sha384' : 'sha512', coded);
    last = coded.at(-1) ?? 0;
  }
  return key.subarray(0, 32);
}

function rc4(key: Uint8Array, data: Uint8Array): Buffer {
  const state = Array.from({ length: 256 }, (_, index) => index);
  for (let at = 0, other = 0; at < 256; at++) {
    other = (other + (state[at] ?? 0) + (key[at % key.length] ?? 0)) & 255;
    [state[at], state[other]] = [state[other] ?? 0, state[at] ?? 0];
  }
  let at = 0;
  let other = 0;
  return Buffer.from(
    data.map((byte) => {
      at = (at + 1) & 255;
      other = (other + (state[at] ?? 0)) & 255;
      [state[at], state[other]] = [state[other] ?? 0, state[at] ?? 0];
      return byte ^ (state[((state[at] ?? 0) + (state[other] ?? 0)) & 255] ?? 0);
    }),
  );
}
