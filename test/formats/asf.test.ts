import { parseBuffer } from 'music-metadata';
import { describe, expect, it } from 'vitest';
import { asf } from '../../src/formats/asf.ts';
import { createScrubber, ScrubError } from '../../src/scrub.ts';
import {
  type AsfLayout,
  CODEC_LIST,
  COMMAND_MEDIA,
  CONTENT_ENCRYPTION,
  contentDescription,
  DATA,
  extendedDescription,
  extendedStreamProperties,
  guid,
  joinAsf,
  le16,
  le32,
  le64,
  MARKER,
  METADATA_LIBRARY,
  object,
  PADDING,
  paddingOf,
  SCRIPT_COMMAND,
  SIMPLE_INDEX,
  streamProperties,
  VIDEO_MEDIA,
  wmaParts,
} from '../builders/asf.ts';
import { join } from '../builders/jpeg.ts';
import { refusalOf } from '../builders/outcome.ts';
import { hashStreams } from '../decoders/ffmpeg.ts';

const { scrub, scrubWithReport } = createScrubber([asf]);
const parts = await wmaParts();
const plain = joinAsf(parts);
const clean = await scrub(plain);

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

const refusal = (file: Uint8Array): Promise<ScrubError> => refusalOf(scrub(file));

/** A packet of one payload of a stream, padded to the size that the others have (§5.2). */
function packetOf(stream: number, payload: string, extension = ''): Uint8Array {
  const size = parts.packets[0]?.length ?? 0;
  const replicated = join(le32(payload.length, 0), extension);
  const payloadPart = join([stream], [0], le32(0), [replicated.length], replicated, le16(payload.length), payload);
  const head = join([0x82, 0, 0], [0x11, 0x5d]);
  const padding = size - head.length - 2 - 6 - 1 - payloadPart.length;
  return join(head, le16(padding), le32(0), le16(0), [0x81], payloadPart, new Uint8Array(padding));
}

describe('what is dropped from a WMA file', () => {
  const layouts: [string, AsfLayout][] = [
    ['descriptions', { before: [contentDescription('SECRET', 'SECRET', 'SECRET', 'SECRET', 'SECRET')] }],
    ['tags', { behind: [extendedDescription(['WM/Picture', 'SECRET'], ['SECRET', 'x'])] }],
    ['metadata in the extension', { inExtension: [object(METADATA_LIBRARY, 'SECRET')] }],
    ['names of codecs', { behind: [object(CODEC_LIST, 'SECRET')] }],
    ['script commands, which can open web pages', { behind: [object(SCRIPT_COMMAND, 'SECRET')] }],
    ['markers', { before: [object(MARKER, 'SECRET')] }],
    ['padding', { before: [object(PADDING, 'SECRET')], inExtension: [object(PADDING, 'SECRET')] }],
    ['streams of anything but sound', { behind: [streamProperties(COMMAND_MEDIA, 5, 'SECRET')] }],
    ['objects that nobody knows', { behind: [object('00112233-4455-6677-8899-aabbccddeeff', 'SECRET')] }],
    ['the id of the file', { fileId: 'SECRETsecretSECR' }],
    ['the date of its creation', { created: 132_000_000_000_000_000 }],
    ['indexes, and what stands behind them', { atEnd: join(object(SIMPLE_INDEX, 'SECRET'), 'SECRET') }],
  ];

  it.each(layouts)('%s', async (_, layout) => {
    const { output, report } = await scrubWithReport(joinAsf(parts, layout));
    expect(Buffer.compare(output, clean)).toBe(0);
    expect(report.changed).toBe(true);
  });

  it('what lies in the padding of packets', async () => {
    const packets = parts.packets.map((packet) => {
      const padded = packet.slice();
      padded.set(join('SECRET').subarray(0, packet.length - paddingOf(packet)), paddingOf(packet));
      return padded;
    });
    const { output, report } = await scrubWithReport(joinAsf({ ...parts, packets }));
    expect(packets.some((packet) => text(packet).includes('SECRET'))).toBe(true);
    expect(Buffer.compare(output, clean)).toBe(0);
    expect(report.findings).toContainEqual(
      expect.objectContaining({ where: 'Data Object › packet padding', action: 'rewritten' }),
    );
  });

  it('payloads of other streams, which become zero', async () => {
    const make = (secret: string): Uint8Array =>
      joinAsf(
        { ...parts, packets: [...parts.packets, packetOf(5, secret)] },
        { behind: [streamProperties(COMMAND_MEDIA, 5)] },
      );
    const output = await scrub(make('SECRET'));
    expect(text(output)).not.toContain('SECRET');
    expect(Buffer.compare(output, await scrub(make('secret')))).toBe(0);
    expect(await hashStreams(output, 'wma')).toBe(await hashStreams(make('SECRET'), 'wma'));
  });

  it('what media objects are told beyond size and time', async () => {
    const file = joinAsf({ ...parts, packets: [...parts.packets, packetOf(5, 'x', 'SECRET')] });
    expect(text(await scrub(file))).not.toContain('SECRET');
  });

  it('the encoder that AAC names in a fill element', async () => {
    const file = joinAsf(await wmaParts('aac'));
    expect(text(file)).toContain('Lavc');
    const output = await scrub(file);
    expect(text(output)).not.toContain('Lavc');
    expect(await hashStreams(output, 'wma')).toBe(await hashStreams(file, 'wma'));
    expect(Buffer.compare(await scrub(output), output)).toBe(0);
  });

  it('bytes behind the AudioSpecificConfig of AAC', async () => {
    const aac = await wmaParts('aac');
    const stream = aac.streamProperties;
    const view = new DataView(stream.buffer, stream.byteOffset);
    const settingsLength = view.getUint32(64, true);
    const settingsEnd = 78 + settingsLength;
    const longer = join(stream.subarray(0, settingsEnd), 'SECRET', stream.subarray(settingsEnd));
    longer.set(le64(longer.length), 16);
    longer.set(le32(settingsLength + 6), 64);
    longer.set(le16(settingsLength - 18 + 6), 78 + 16);
    const output = await scrub(joinAsf({ ...aac, streamProperties: longer }));
    expect(text(output)).not.toContain('SECRET');
    expect(Buffer.compare(output, await scrub(joinAsf(aac)))).toBe(0);
  });

  it('bytes behind the settings of the decoder', async () => {
    const stream = parts.streamProperties;
    const view = new DataView(stream.buffer, stream.byteOffset);
    const settingsLength = view.getUint32(64, true);
    const settingsEnd = 78 + settingsLength;
    const longer = join(stream.subarray(0, settingsEnd), 'SECRET', stream.subarray(settingsEnd));
    longer.set(le64(longer.length), 16);
    longer.set(le32(settingsLength + 6), 64);
    expect(Buffer.compare(await scrub(joinAsf({ ...parts, streamProperties: longer })), clean)).toBe(0);
  });
});

describe('what is kept of a WMA file', () => {
  it.each(['wmav1', 'wmav2', 'libmp3lame', 'pcm_s16le'])('sound coded by %s', async (codec) => {
    const file = joinAsf(await wmaParts(codec), { behind: [extendedDescription(['WM/Author', 'SECRET'])] });
    const output = await scrub(file);
    expect(await hashStreams(output, 'wma')).toBe(await hashStreams(file, 'wma'));
    expect(Buffer.compare(await scrub(output), output)).toBe(0);
  });

  it('sound that is described in the header’s extension alone', async () => {
    const hidden = extendedStreamProperties('SECRET', parts.streamProperties);
    const file = joinAsf({ ...parts, streamProperties: object(PADDING) }, { inExtension: [hidden] });
    expect(Buffer.compare(await scrub(file), clean)).toBe(0);
  });

  it('nothing that music-metadata takes for a tag', async () => {
    const file = joinAsf(parts, { behind: [extendedDescription(['WM/AlbumTitle', 'SECRET'])] });
    expect((await parseBuffer(file, 'audio/x-ms-wma')).common.album).toBe('SECRET');
    const { common, format } = await parseBuffer(await scrub(file), 'audio/x-ms-wma');
    expect(Object.keys(common).filter((key) => !['track', 'disk', 'movementIndex'].includes(key))).toEqual([]);
    expect(format.duration).toBeGreaterThan(0);
  });

  it('title, author and copyright where the options say so', async () => {
    const file = joinAsf(parts, {
      before: [contentDescription('A title', 'An author', 'A notice', 'SECRET', 'SECRET')],
    });
    for (const [name, expected] of [
      ['title', { title: 'A title' }],
      ['author', { artist: 'An author' }],
      ['copyright', { copyright: 'A notice' }],
    ] as const) {
      const output = await scrub(file, { keep: [name] });
      const { common } = await parseBuffer(output, 'audio/x-ms-wma');
      expect(common).toMatchObject(expected);
      const words = ['A title', 'An author', 'A notice', 'SECRET'];
      const left = words.filter(
        (word) => output.includes(0) && Buffer.from(output).includes(Buffer.from(word, 'utf16le')),
      );
      expect(left).toEqual(Object.values(expected));
      expect(Buffer.compare(await scrub(output, { keep: [name] }), output)).toBe(0);
    }
  });
});

describe('WMA files that are refused', () => {
  it('protected ones', async () => {
    const header = await refusal(joinAsf(parts, { before: [object(CONTENT_ENCRYPTION, 'x')] }));
    expect(header).toMatchObject({
      code: 'encrypted',
      offset: 30,
      trail: ['Header Object', 'Content Encryption Object'],
    });
    const stream = parts.streamProperties.slice();
    stream.set(le16(0x8001), 72);
    expect(await refusal(joinAsf({ ...parts, streamProperties: stream }))).toMatchObject({ code: 'encrypted' });
  });

  it('video, with a sentence that says what to do', async () => {
    const error = await refusal(joinAsf(parts, { behind: [streamProperties(VIDEO_MEDIA, 2)] }));
    expect(error).toMatchObject({ code: 'unsupported', trail: ['Header Object', 'Stream Properties Object'] });
    expect(error.message).toContain('Export the sound');
  });

  it('video that is described in the header’s extension alone', async () => {
    const video = extendedStreamProperties('a name', streamProperties(VIDEO_MEDIA, 2));
    expect(await refusal(joinAsf(parts, { inExtension: [video] }))).toMatchObject({ code: 'unsupported' });
  });

  it('codings that nobody knows', async () => {
    const stream = parts.streamProperties.slice();
    stream.set(le16(0x7777), 78);
    expect(await refusal(joinAsf({ ...parts, streamProperties: stream }))).toMatchObject({ code: 'unsupported' });
  });

  it('files without sound, without packets, without a layout', async () => {
    const silent = joinAsf({ ...parts, streamProperties: streamProperties(COMMAND_MEDIA, 1) });
    expect((await refusal(silent)).code).toBe('unsupported');
    const headerLength = plain.length - parts.packets.length * (parts.packets[0]?.length ?? 0) - 50;
    expect(await refusal(plain.subarray(0, headerLength))).toMatchObject({ code: 'malformed', trail: ['Data Object'] });
    const shapeless = joinAsf({
      ...parts,
      fileProperties: object('00112233-4455-6677-8899-aabbccddeeff', new Uint8Array(80)),
    });
    expect((await refusal(shapeless)).code).toBe('malformed');
  });

  it('packets whose fields do not fit', async () => {
    const [first = new Uint8Array(0), ...rest] = parts.packets;
    const broken = first.slice();
    broken.set([0x82, 0, 0, 0x10, 0x5d, 0xff, 0xff], 0);
    expect(await refusal(joinAsf({ ...parts, packets: [broken, ...rest] }))).toMatchObject({
      code: 'malformed',
      trail: ['Data Object', 'data packet'],
    });
  });
});

describe('WMA files that are repaired', () => {
  it('cut off: the packets that are whole stay', async () => {
    const cut = plain.subarray(0, plain.length - 100);
    const { output, report } = await scrubWithReport(cut);
    expect(Buffer.compare(output, await scrub(joinAsf({ ...parts, packets: parts.packets.slice(0, -1) })))).toBe(0);
    expect(report.findings.some(({ where }) => where === 'Data Object › part of a packet')).toBe(true);
  });

  it('data of no size, as live streams have it', async () => {
    expect(Buffer.compare(await scrub(joinAsf(parts, { dataSize: 0 })), clean)).toBe(0);
  });

  it('objects in front of the data', async () => {
    const at = text(plain).indexOf(text(guid(DATA)));
    const file = join(plain.subarray(0, at), object(PADDING, 'SECRET'), plain.subarray(at));
    expect(Buffer.compare(await scrub(file), clean)).toBe(0);
  });
});

it('any size at any place gives a result or a ScrubError, soon', async () => {
  for (let at = 0; at < 700; at += 2) {
    for (const size of [0, 1, 23, 24, 0x7fffffff, 0xffffffff]) {
      const file = plain.slice();
      file.set(le32(size), at);
      const output = await scrub(file).catch((error: unknown) => error);
      if (!(output instanceof ScrubError)) expect(output).toBeInstanceOf(Uint8Array);
    }
  }
});
