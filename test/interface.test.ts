// What a caller sees whatever the format: types in and out, names, errors, options.
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createScrubber,
  formats,
  inspect,
  ScrubError,
  type ScrubErrorCode,
  type ScrubInput,
  type ScrubOptions,
  scrub,
  scrubAttachment,
  scrubWithReport,
} from '../src/index.ts';
import { photographer, takePhoto } from './builders/photo.ts';

let photo: Uint8Array<ArrayBuffer>;
let clean: Uint8Array;

beforeAll(async () => {
  photo = new Uint8Array(await takePhoto());
  clean = await scrub(photo);
});

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const isSame = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

async function codeOf(promise: Promise<unknown>): Promise<ScrubErrorCode> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ScrubError)) throw new Error(`not a ScrubError: ${error}`);
  return error.code;
}

describe('an input', () => {
  it.each([
    ['a number', 42],
    ['a string', 'photo.jpg'],
    ['null', null],
    ['undefined', undefined],
    ['an array', [0xff, 0xd8]],
    ['an object', { length: 3 }],
    ['a wider typed array', new Uint16Array(8)],
    ['an empty Uint8Array', new Uint8Array(0)],
    ['an empty ArrayBuffer', new ArrayBuffer(0)],
    ['an empty Blob', new Blob([])],
  ])('that is %s is a TypeError', async (_name, input) => {
    await expect(scrub(input as ScrubInput)).rejects.toThrow(TypeError);
    await expect(inspect(input as ScrubInput)).rejects.toThrow(TypeError);
    await expect(scrubAttachment({ data: input as ScrubInput })).rejects.toThrow(TypeError);
  });

  it('is named in the sentence when it is of the wrong type', async () => {
    await expect(scrub('photo.jpg' as unknown as ScrubInput)).rejects.toThrow(/Uint8Array.*not a string/);
  });

  it('may be a part of a larger buffer, of which nothing else is read or given out', async () => {
    const larger = new Uint8Array(photo.length + 200).fill(0xaa);
    larger.set(photo, 100);
    const output = await scrub(larger.subarray(100, 100 + photo.length));
    expect(isSame(output, clean)).toBe(true);
    expect(output.buffer.byteLength).toBe(output.length);
  });

  it('may be shared memory', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(photo.length));
    shared.set(photo);
    const output = await scrub(shared);
    expect(isSame(output, clean)).toBe(true);
    expect(output.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it('may come from another realm', async () => {
    const foreign = runInNewContext('Uint8Array.from(bytes)', { bytes: [...photo] }) as Uint8Array;
    expect(foreign).not.toBeInstanceOf(Uint8Array);
    expect(isSame(await scrub(foreign), clean)).toBe(true);
  });

  it('is not touched', async () => {
    const before = photo.slice();
    await scrubWithReport(photo, { values: true });
    expect(isSame(photo, before)).toBe(true);
  });
});

describe('the output', () => {
  it('is a Buffer of its own memory for a Buffer', async () => {
    const output = await scrub(Buffer.from(photo));
    expect(Buffer.isBuffer(output) && output.equals(clean)).toBe(true);
    expect(output.buffer.byteLength).toBe(output.length);
  });

  it('is an ArrayBuffer for an ArrayBuffer', async () => {
    const output = await scrub(photo.buffer);
    expect(output).toBeInstanceOf(ArrayBuffer);
    expect(isSame(new Uint8Array(output), clean)).toBe(true);
  });

  it('is a Blob of the detected type for a Blob', async () => {
    const output = await scrub(new Blob([photo], { type: 'text/plain' }));
    expect(output.type).toBe('image/jpeg');
    expect(isSame(new Uint8Array(await output.arrayBuffer()), clean)).toBe(true);
  });

  it('is a File without its name and date for a File', async () => {
    const output = await scrub(new File([photo], `${photographer}.png`, { lastModified: 1_700_000_000_000 }));
    expect(output).toBeInstanceOf(File);
    expect(output).toMatchObject({ name: 'image.jpg', lastModified: 0, type: 'image/jpeg' });
    expect(isSame(new Uint8Array(await output.arrayBuffer()), clean)).toBe(true);
  });

  it('is the input itself when there is nothing to change', async () => {
    const { output, report } = await scrubWithReport(clean);
    expect(output).toBe(clean);
    expect(report).toMatchObject({ changed: false, bytesIn: clean.length, bytesOut: clean.length });
  });

  it('of a clean File still loses name and date', async () => {
    const output = await scrub(new File([new Uint8Array(clean)], `${photographer}.jpg`));
    expect(output).toMatchObject({ name: 'image.jpg', lastModified: 0 });
  });

  it('is the same for many scrubs at a time', async () => {
    const outputs = await Promise.all(Array.from({ length: 20 }, () => scrub(new Blob([photo]))));
    for (const output of outputs) expect(isSame(new Uint8Array(await output.arrayBuffer()), clean)).toBe(true);
  });
});

describe('scrubAttachment', () => {
  it.each([
    ['a name that is no string', { data: photo, name: 5 }],
    ['a type that is no string', { data: photo, type: null }],
    ['a name alone', { name: 'photo.jpg' }],
    ['nothing', null],
    ['a string', 'photo.jpg'],
  ])('takes %s for a mistake', async (_name, attachment) => {
    const error = await scrubAttachment(attachment as never).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as TypeError).message).toMatch(/^(scrub|The (name|type) of an attachment)/);
  });

  it('gives content, neutral name and detected type', async () => {
    const part = await scrubAttachment({ data: photo, name: `${photographer}.pdf`, type: 'application/pdf' });
    expect(part).toMatchObject({ name: 'image.jpg', type: 'image/jpeg', report: { changed: true, format: 'jpeg' } });
    expect(isSame(part.data, clean)).toBe(true);
  });
});

describe('a report', () => {
  it('is plain JSON and tells what, where and how much', async () => {
    const report = await inspect(photo);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report).toMatchObject({ format: 'jpeg', mediaType: 'image/jpeg', changed: true, bytesIn: photo.length });
    expect(report.bytesOut).toBe(clean.length);
    expect(report.findings.find(({ kind }) => kind === 'location')).toMatchObject({
      where: 'APP1 › Exif › GPS IFD',
      action: 'removed',
    });
    expect(report.residual.length).toBeGreaterThan(0);
  });

  it('holds values only when asked', async () => {
    expect((await inspect(photo)).findings.some(({ values }) => values !== undefined)).toBe(false);
    const { findings } = await inspect(photo, { values: true });
    const place = findings.find(({ kind }) => kind === 'location')?.values;
    expect(place?.latitude).toBeCloseTo(48 + 12 / 60 + 30 / 3600, 6);
    expect(place?.longitude).toBeCloseTo(16 + 22 / 60, 6);
    expect(findings.find(({ kind }) => kind === 'author')?.values).toMatchObject({ Artist: photographer });
  });
});

describe('a refusal', () => {
  it('is unknown-format for what nothing recognises', async () => {
    expect(await codeOf(scrub(ascii('dear diary, today')))).toBe('unknown-format');
    expect(await codeOf(scrub(new Blob(['dear diary, today'])))).toBe('unknown-format');
    expect(await codeOf(scrub(Uint8Array.of(0)))).toBe('unknown-format');
  });

  it.each([
    ['application/x-rar-compressed', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07, 0x01, 0x00]],
    ['application/x-7z-compressed', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0x00, 0x04]],
  ])('is unsupported and names %s', async (mediaType, signature) => {
    const file = new Uint8Array(64);
    file.set(signature);
    await expect(scrub(file)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(mediaType),
    });
    await expect(scrub(new Blob([file]))).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('is malformed with offset and trail for a file that is cut off', async () => {
    const error = await scrub(photo.subarray(0, 30)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'ScrubError', code: 'malformed', format: 'jpeg' });
    expect((error as ScrubError).offset).toBeLessThanOrEqual(30);
    expect((error as ScrubError).trail.length).toBeGreaterThan(0);
  });
});

describe('options', () => {
  it.each<[string, unknown]>([
    ['an unknown name', { kep: [] }],
    ['an unknown name to keep', { keep: ['exif'] }],
    ['an unknown name to drop', { drop: ['toString'] }],
    ['a name both kept and dropped', { keep: ['density'], drop: ['density'] }],
    ['an unknown limit', { limits: { bytes: 1 } }],
    ['a limit that is no number', { limits: { depth: 'deep' } }],
    ['a negative limit', { limits: { depth: -1 } }],
    ['a number', 5],
    ['null', null],
    ['a name instead of a list', { keep: 'title' }],
    ['no list to drop', { drop: null }],
    ['no limits', { limits: null }],
    ['a signal that is none', { signal: null }],
    ['a thoroughness that is neither true nor false', { thorough: 1 }],
  ])('with %s are a TypeError with a sentence', async (_name, options) => {
    const error = await scrub(photo, options as ScrubOptions).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as TypeError).message).toMatch(/^(options|limits|").*(must be|can't be|is no|is nothing)/);
  });

  it('bound how many structures are read', async () => {
    expect(await codeOf(scrub(photo, { limits: { structures: 3 } }))).toBe('limit-exceeded');
  });

  it.each([
    ['bytes', () => photo],
    ['a Blob', () => new Blob([photo])],
  ])('stop work on %s by their signal', async (_name, input) => {
    const reason = new Error('changed my mind');
    const error = await scrub<ScrubInput>(input(), { signal: AbortSignal.abort(reason) }).catch((thrown) => thrown);
    expect(error).toMatchObject({ name: 'ScrubError', code: 'aborted', cause: reason });
  });
});

describe('createScrubber', () => {
  it.each([
    ['a name', 'jpeg'],
    ['names', ['jpeg']],
    ['nothing', undefined],
    ['no format', [null]],
  ])('takes %s for a mistake and says what it takes', (_name, list) => {
    expect(() => createScrubber(list as never)).toThrow(
      new TypeError('createScrubber takes a list of formats: createScrubber([jpeg, png]).'),
    );
  });

  it('knows only the formats it is given', async () => {
    const none = createScrubber([]);
    expect(none.formats).toEqual([]);
    expect(await codeOf(none.scrub(photo))).toBe('unsupported');
    const [jpeg] = formats;
    if (jpeg === undefined) throw new Error('there is no format');
    expect(isSame(await createScrubber([jpeg]).scrub(photo), clean)).toBe(true);
  });
});
