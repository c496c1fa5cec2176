import { parseMidi } from 'midi-file';
import { describe, expect, it } from 'vitest';
import { midi } from '../../src/formats/midi.ts';
import { createScrubber, type ScrubError } from '../../src/scrub.ts';
import { endOfTrack, message, meta, midiFile, sysex, track } from '../builders/midi.ts';
import { refusalOf } from '../builders/outcome.ts';
import { join, u32be } from '../builders/tags.ts';

const { scrub, inspect } = createScrubber([midi]);
const note = [message(10, 0x90, 60, 100), message(20, 0x80, 60, 0)];

function file(...events: Uint8Array[]): Uint8Array {
  return midiFile(0, [track(...events, ...note, endOfTrack)]);
}

const refusal = (input: Uint8Array): Promise<ScrubError> => refusalOf(scrub(input));

/** Times from the start and kinds of the events of a track. */
function events(input: Uint8Array, index = 0): [number, string][] {
  let time = 0;
  return (parseMidi(input).tracks[index] ?? []).map(({ deltaTime, type }) => {
    time += deltaTime;
    return [time, type];
  });
}

describe('meta events', () => {
  it.each([0x00, 0x01, 0x02, 0x03, 0x04, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x4b, 0x60, 0x7f])(
    'of type %i go, and the time they took stays',
    async (type) => {
      const output = await scrub(file(meta(type, 'SECRET', 7)));
      expect(
        Buffer.compare(output, midiFile(0, [track(message(17, 0x90, 60, 100), ...note.slice(1), endOfTrack)])),
      ).toBe(0);
    },
  );

  it.each([
    ['channel prefix', meta(0x20, [3])],
    ['port', meta(0x21, [1])],
    ['tempo', meta(0x51, [7, 161, 32])],
    ['SMPTE offset', meta(0x54, [64, 1, 2, 3, 4])],
    ['time signature', meta(0x58, [3, 2, 24, 8])],
    ['key signature', meta(0x59, [253, 1])],
    ['lyric', meta(0x05, 'la ')],
  ])('stay as they are: %s', async (_, event) => {
    expect(Buffer.compare(await scrub(file(event)), file(event))).toBe(0);
  });

  it('that stay have no more than their bytes', async () => {
    expect(
      Buffer.compare(await scrub(file(meta(0x58, join([3, 2, 24, 8], 'SECRET')))), file(meta(0x58, [3, 2, 24, 8]))),
    ).toBe(0);
  });

  it('that are kept as text are told of', async () => {
    const { findings } = await inspect(file(meta(0x05, 'la ')));
    expect(findings).toMatchObject([{ action: 'kept', where: 'MTrk › Lyric' }]);
  });
});

describe('system exclusive messages', () => {
  it.each([
    ['General MIDI on', [0x7e, 0x7f, 0x09, 0x01, 0xf7]],
    ['master volume', [0x7f, 0x7f, 0x04, 0x01, 0, 0x60, 0xf7]],
    ['GS reset', [0x41, 0x10, 0x42, 0x12, 0x40, 0, 0x7f, 0, 0x41, 0xf7]],
    ['XG on', [0x43, 0x10, 0x4c, 0, 0, 0x7e, 0, 0xf7]],
  ])('that set the sound stay: %s', async (_, data) => {
    expect(Buffer.compare(await scrub(file(sysex(data))), file(sysex(data)))).toBe(0);
  });

  it.each([
    ['text on a Roland display', join([0x41, 0x10, 0x45, 0x12, 0x10, 0, 0], 'SECRET', [0, 0xf7])],
    ['a GS patch name', join([0x41, 0x10, 0x42, 0x12, 0x40, 0x01, 0x00], 'SECRET', [0, 0xf7])],
    ['text on an XG display', join([0x43, 0x10, 0x4c, 0x06, 0, 0], 'SECRET', [0xf7])],
    ['a private one', join([0x7d], 'SECRET', [0xf7])],
    ['one without an end', join([0x7e, 0x7f, 0x09, 0x01], 'SECRET')],
    ['time code', join([0x7f, 0x7f, 0x01, 0x01], 'SECR', [0xf7])],
  ])('that hold anything else go: %s', async (_, data) => {
    expect(Buffer.compare(await scrub(file(sysex(data))), file())).toBe(0);
  });

  it('that are escapes go', async () => {
    expect(Buffer.compare(await scrub(file(sysex('SECRET', 0, 0xf7))), file())).toBe(0);
  });
});

describe('tracks', () => {
  it('are written alike with and without running status', async () => {
    const full = midiFile(0, [track(message(0, 0x90, 60, 9), message(1, 0x90, 60, 0), endOfTrack)]);
    const running = midiFile(0, [track(message(0, 0x90, 60, 9), message(1, 60, 0), endOfTrack)]);
    expect(Buffer.compare(await scrub(full), running)).toBe(0);
    expect(await scrub(running)).toBe(running);
  });

  it('end where they ended', async () => {
    const long = midiFile(0, [track(...note, meta(0x01, 'SECRET', 500), meta(0x2f, [], 1000))]);
    expect(events(await scrub(long)).at(-1)).toEqual([1530, 'endOfTrack']);
  });

  it('hold nothing behind their end', async () => {
    const [chunk] = [join(...note, endOfTrack)];
    const padded = join(chunk, 'SECRET');
    expect(Buffer.compare(await scrub(midiFile(0, [join('MTrk', u32be(padded.length), padded)])), file())).toBe(0);
  });

  it('that are cut off end with their last whole event', async () => {
    const whole = file();
    expect(events(await scrub(whole.subarray(0, whole.length - 5)))).toEqual([
      [10, 'noteOn'],
      [10, 'endOfTrack'],
    ]);
  });

  it('of text alone go from among others', async () => {
    const tracks = [track(meta(0x51, [7, 161, 32]), endOfTrack), track(...note, endOfTrack)];
    const spoken = track(meta(0x03, 'SECRET'), endOfTrack);
    expect(Buffer.compare(await scrub(midiFile(1, [...tracks, spoken])), midiFile(1, tracks))).toBe(0);
  });
});

describe('what is around tracks', () => {
  it.each([
    ['other chunks', () => join(file(), 'XFIH', u32be(6), 'SECRET')],
    ['what is behind', () => join(file(), 'SECR')],
    ['a longer header', () => midiFile(0, [track(...note, endOfTrack)], [...Buffer.from('SECRET')])],
  ])('goes: %s', async (_, make) => {
    expect(Buffer.compare(await scrub(make()), file())).toBe(0);
  });

  it.each([
    ['a track that begins with data', 'malformed', () => midiFile(0, [track([0, 60, 60] as unknown as Uint8Array)])],
    ['a time without end', 'malformed', () => midiFile(0, [track(join([255, 255, 255, 255, 255]))])],
    ['no track', 'malformed', () => midiFile(0, [])],
    ['an unknown format', 'unsupported', () => midiFile(3, [track(endOfTrack)])],
  ])('is refused: %s', async (_, code, make) => {
    expect(await refusal(make())).toMatchObject({ code, format: 'midi' });
  });

  it('of a great many events is read in little time', async () => {
    const one = meta(0x01, 'SECRET', 1);
    const many = file(Buffer.alloc(one.length * 200_000, one));
    expect((await scrub(many)).length).toBeLessThan(100);
  });
});
