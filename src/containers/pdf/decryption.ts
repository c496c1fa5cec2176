import type { Context } from '../../core/context.ts';
import { ScrubError } from '../../core/errors.ts';
import type { Tool, Walk } from '../../core/walk.ts';
import type { Method, Opened } from './crypt.ts';
import { type Dict, dictOf, nameOf, PdfString, type Stream, type Value } from './objects.ts';
import { listOf } from './xref.ts';

type Crypt = typeof import('./crypt.ts');
const cryptTool: Tool<Crypt> = { name: 'pdf crypt', load: () => import('./crypt.ts') };

/** Decrypts the strings and streams of a file that was opened. */
export class Decryption {
  readonly #crypt: Crypt;
  readonly #opened: Opened;

  constructor(crypt: Crypt, opened: Opened) {
    this.#crypt = crypt;
    this.#opened = opened;
  }

  /** An object that stands in the file itself, with its strings decrypted. */
  strings(value: Value, num: number, gen: number): Value {
    const { key, strings } = this.#opened;
    if (value instanceof PdfString) return new PdfString(this.#crypt.decrypt(key, strings, value.bytes, num, gen));
    if (Array.isArray(value)) return value.map((member) => this.strings(member, num, gen));
    if (!(value instanceof Map)) return value;
    for (const [name, member] of value) value.set(name, this.strings(member, num, gen));
    return value;
  }

  /** The body of a stream, decrypted. */
  body(stream: Stream, bytes: Uint8Array): Uint8Array {
    return this.#crypt.decrypt(this.#opened.key, this.#methodFor(stream), bytes, stream.num, stream.gen);
  }

  /** Whether a stream is not encrypted though the file is. */
  isPlain(stream: Stream): boolean {
    return this.#methodFor(stream) === 'none';
  }

  #methodFor({ dict }: Stream): Method {
    const { filters, files, streams, metadata } = this.#opened;
    const type = nameOf(dict.get('Type'));
    if (type === 'XRef') return 'none';
    if (nameOf(listOf(dict.get('Filter'))[0]) === 'Crypt') {
      const name = nameOf(dictOf(listOf(dict.get('DecodeParms'))[0])?.get('Name')) ?? 'Identity';
      return filters.get(name) ?? 'none';
    }
    if (type === 'Metadata' && !metadata) return 'none';
    return type === 'EmbeddedFile' ? files : streams;
  }
}

/**
 * Opens an encrypted file with the empty password or the one that was given.
 * @param encrypt the encryption dictionary, nothing in it a reference
 * @param id first part of the file identifier
 * @throws ScrubError `encrypted`
 */
export function* openEncrypted(encrypt: Dict, id: Value, context: Context): Walk<Decryption> {
  const crypt = yield* context.use(cryptTool);
  const { password } = context.options;
  const idBytes = id instanceof PdfString ? id.bytes : new Uint8Array(0);
  let opened = crypt.open(encrypt, idBytes, '');
  if (opened === 'password' && password !== '') opened = crypt.open(encrypt, idBytes, password);
  if (opened === 'password') {
    const sentence =
      password === ''
        ? 'The file is encrypted and opens with a password only; give it as options.password.'
        : 'The file is encrypted and the password does not open it.';
    throw new ScrubError('encrypted', sentence, { trail: ['Encrypt'] });
  }
  if (opened === 'handler') {
    const sentence = 'The file is encrypted by other means than a password. Save it without encryption and try again.';
    throw new ScrubError('encrypted', sentence, { trail: ['Encrypt'] });
  }
  return new Decryption(crypt, opened);
}
