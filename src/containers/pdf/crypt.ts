// The standard security handler (ISO 32000-1 §7.6, ISO 32000-2 §7.6): RC4 and AES with keys from a password.
import { cbc } from '@noble/ciphers/aes.js';
import { md5 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { concat } from '../../bytes/concat.ts';
import { areEqual } from '../../bytes/equal.ts';
import { latin1Bytes } from '../../bytes/text.ts';
import { countOf, type Dict, dictOf, nameOf, numberOf, PdfString, type Value } from './objects.ts';

/** How a crypt filter codes: not at all, or with keys that depend on the object or not. */
export type Method = 'none' | 'rc4' | 'aes128' | 'aes256';

/** What decrypts a file that was opened. */
export interface Opened {
  key: Uint8Array;
  streams: Method;
  strings: Method;
  /** For embedded files. */
  files: Method;
  /** Methods by the names of the file's crypt filters. */
  filters: ReadonlyMap<string, Method>;
  /** Whether XMP streams are encrypted too. */
  metadata: boolean;
}

/** Why a file could not be opened. */
export type Refusal = 'password' | 'handler';

/** Table 21: pads passwords to 32 bytes. */
const PADDING: Uint8Array = Uint8Array.of(
  ...[0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00, 0x4e, 0x56, 0xff, 0xfa, 0x01, 0x08],
  ...[0x2e, 0x2e, 0x00, 0xb6, 0xd0, 0x68, 0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a],
);
/** `sAlT`, which keys of AES end with (Algorithm 1). */
const AES_SALT: Uint8Array = latin1Bytes('sAlT');
const BLOCK = 16;

/**
 * Opens a file with a password, as its user or its owner.
 * @param encrypt the encryption dictionary, nothing in it a reference
 * @param id first part of the file identifier
 */
export function open(encrypt: Dict, id: Uint8Array, password: string): Opened | Refusal {
  const version = countOf(encrypt.get('V')) ?? 0;
  const revision = countOf(encrypt.get('R')) ?? 0;
  if (nameOf(encrypt.get('Filter')) !== 'Standard') return 'handler';
  if (![1, 2, 4, 5].includes(version) || revision < 2 || revision > 6) return 'handler';
  const metadata = encrypt.get('EncryptMetadata') !== false;
  const owner = bytesOf(encrypt.get('O'));
  const user = bytesOf(encrypt.get('U'));
  const keyLength = version === 1 ? 5 : Math.min(16, Math.max(5, bitsOf(encrypt, version) >> 3));
  const permissions = numberOf(encrypt.get('P')) ?? 0;
  const key =
    revision >= 5
      ? openAes256(encrypt, owner, user, utf8(password), revision)
      : openRc4({ owner, user, permissions, id, keyLength, revision, metadata }, passwordBytes(password));
  if (key === undefined) return 'password';
  const filters = new Map<string, Method>([['Identity', 'none']]);
  for (const [name, filter] of dictOf(encrypt.get('CF')) ?? []) {
    filters.set(name, methodOf(nameOf(dictOf(filter)?.get('CFM')), version));
  }
  const named = (entry: string): Method =>
    version < 4 ? 'rc4' : (filters.get(nameOf(encrypt.get(entry)) ?? 'Identity') ?? 'none');
  const files = encrypt.has('EFF') ? named('EFF') : named('StmF');
  return { key, streams: named('StmF'), strings: named('StrF'), files, filters, metadata };
}

function bytesOf(value: Value | undefined): Uint8Array {
  return value instanceof PdfString ? value.bytes : new Uint8Array(0);
}

function bitsOf(encrypt: Dict, version: number): number {
  const declared = countOf(encrypt.get('Length'));
  if (declared !== undefined && declared > 0) return declared < 40 ? declared * 8 : declared;
  if (version < 4) return 40;
  const filter = dictOf(dictOf(encrypt.get('CF'))?.get(nameOf(encrypt.get('StmF')) ?? ''));
  const length = countOf(filter?.get('Length')) ?? 128;
  return length < 40 ? length * 8 : length;
}

function methodOf(name: string | undefined, version: number): Method {
  if (name === 'V2') return 'rc4';
  if (name === 'AESV2') return 'aes128';
  if (name === 'AESV3') return 'aes256';
  return name === undefined && version === 5 ? 'aes256' : 'none';
}

/** PDFDocEncoding agrees with Latin-1 for what passwords are made of; longer ones are cut. */
function passwordBytes(password: string): Uint8Array {
  const bytes = Uint8Array.from(password, (character) => character.charCodeAt(0)).subarray(0, 32);
  return concat(bytes, PADDING.subarray(0, 32 - bytes.length));
}

function utf8(password: string): Uint8Array {
  return new TextEncoder().encode(password.normalize('NFKC')).subarray(0, 127);
}

/** What the key of revisions 2 to 4 is made of. */
interface Rc4Facts {
  owner: Uint8Array;
  user: Uint8Array;
  permissions: number;
  id: Uint8Array;
  keyLength: number;
  revision: number;
  metadata: boolean;
}

/** Algorithms 6 and 7: the password as the user's, then as the owner's. */
function openRc4(facts: Rc4Facts, padded: Uint8Array): Uint8Array | undefined {
  const key = userKey(facts, padded);
  if (isUserKey(facts, key)) return key;
  let hash: Uint8Array = md5(padded);
  if (facts.revision >= 3) for (let round = 0; round < 50; round++) hash = md5(hash);
  const ownerKey = hash.subarray(0, facts.keyLength);
  let user: Uint8Array = facts.owner.subarray(0, 32);
  for (let round = facts.revision >= 3 ? 19 : 0; round >= 0; round--) {
    user = rc4(
      ownerKey.map((byte) => byte ^ round),
      user,
    );
  }
  const second = userKey(facts, user);
  return isUserKey(facts, second) ? second : undefined;
}

/** Algorithm 2. */
function userKey({ owner, permissions, id, keyLength, revision, metadata }: Rc4Facts, padded: Uint8Array): Uint8Array {
  const flags = new Uint8Array(4);
  new DataView(flags.buffer).setInt32(0, permissions | 0, true);
  const rest = revision >= 4 && !metadata ? Uint8Array.of(255, 255, 255, 255) : new Uint8Array(0);
  let hash: Uint8Array = md5(concat(padded, owner.subarray(0, 32), flags, id, rest));
  if (revision >= 3) for (let round = 0; round < 50; round++) hash = md5(hash.subarray(0, keyLength));
  return hash.subarray(0, keyLength);
}

/** Algorithms 4 and 5. */
function isUserKey({ user, id, revision }: Rc4Facts, key: Uint8Array): boolean {
  if (revision === 2) return areEqual(rc4(key, PADDING), user.subarray(0, 32));
  let coded: Uint8Array = md5(concat(PADDING, id));
  for (let round = 0; round < 20; round++) {
    coded = rc4(
      key.map((byte) => byte ^ round),
      coded,
    );
  }
  return areEqual(coded, user.subarray(0, 16));
}

/** Algorithm 2.A: hash 32, validation salt 8, key salt 8 in each of U and O. */
function openAes256(
  encrypt: Dict,
  owner: Uint8Array,
  user: Uint8Array,
  password: Uint8Array,
  revision: number,
): Uint8Array | undefined {
  const hash = (salt: Uint8Array, more: Uint8Array): Uint8Array =>
    revision === 5 ? sha256(concat(password, salt, more)) : hash2B(password, salt, more);
  const none = new Uint8Array(0);
  const whole = user.subarray(0, 48);
  for (const [known, coded, more] of [
    [user, 'UE', none],
    [owner, 'OE', whole],
  ] as const) {
    if (!areEqual(hash(known.subarray(32, 40), more), known.subarray(0, 32))) continue;
    const wrapped = bytesOf(encrypt.get(coded)).subarray(0, 32);
    if (wrapped.length < 32) return undefined;
    return cbc(hash(known.subarray(40, 48), more), new Uint8Array(BLOCK), { disablePadding: true }).decrypt(wrapped);
  }
  return undefined;
}

/** Algorithm 2.B of ISO 32000-2. */
function hash2B(password: Uint8Array, salt: Uint8Array, more: Uint8Array): Uint8Array {
  let key: Uint8Array = sha256(concat(password, salt, more));
  for (let round = 0, last = 0; round < 64 || last > round - 32; round++) {
    const once = concat(password, key, more);
    const repeated = new Uint8Array(once.length * 64);
    for (let count = 0; count < 64; count++) repeated.set(once, count * once.length);
    const coded = cbc(key.subarray(0, 16), key.subarray(16, 32), { disablePadding: true }).encrypt(repeated);
    let sum = 0;
    for (const byte of coded.subarray(0, 16)) sum += byte;
    key = sum % 3 === 0 ? sha256(coded) : sum % 3 === 1 ? sha384(coded) : sha512(coded);
    last = coded.at(-1) ?? 0;
  }
  return key.subarray(0, 32);
}

/** Decrypts the string or stream of an object (Algorithms 1 and 1.A). */
export function decrypt(key: Uint8Array, method: Method, data: Uint8Array, num: number, gen: number): Uint8Array {
  if (method === 'none') return data;
  if (method === 'aes256') return decryptAes(key, data);
  const place = Uint8Array.of(num & 255, (num >> 8) & 255, (num >> 16) & 255, gen & 255, (gen >> 8) & 255);
  const salt = method === 'aes128' ? AES_SALT : new Uint8Array(0);
  const objectKey = md5(concat(key, place, salt)).subarray(0, Math.min(16, key.length + 5));
  return method === 'rc4' ? rc4(objectKey, data) : decryptAes(objectKey, data);
}

/** The vector stands in front, padding behind; bytes that fill no block are ignored. */
function decryptAes(key: Uint8Array, data: Uint8Array): Uint8Array {
  const blocks = Math.floor(data.length / BLOCK) - 1;
  if (blocks < 1) return new Uint8Array(0);
  const plain = cbc(key, data.subarray(0, BLOCK), { disablePadding: true }).decrypt(
    data.subarray(BLOCK, BLOCK + blocks * BLOCK),
  );
  const padding = plain.at(-1) ?? 0;
  return padding >= 1 && padding <= BLOCK ? plain.subarray(0, plain.length - padding) : plain;
}

/** RC4, which is its own inverse. */
function rc4(key: Uint8Array, data: Uint8Array): Uint8Array {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index);
  for (let at = 0, other = 0; at < 256; at++) {
    const held = state[at] ?? 0;
    other = (other + held + (key[at % key.length] ?? 0)) & 255;
    state[at] = state[other] ?? 0;
    state[other] = held;
  }
  const output = new Uint8Array(data.length);
  for (let index = 0, at = 0, other = 0; index < data.length; index++) {
    at = (at + 1) & 255;
    const held = state[at] ?? 0;
    other = (other + held) & 255;
    const swapped = state[other] ?? 0;
    state[at] = swapped;
    state[other] = held;
    output[index] = (data[index] ?? 0) ^ (state[(held + swapped) & 255] ?? 0);
  }
  return output;
}
