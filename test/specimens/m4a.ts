import {
  be32,
  be64,
  box,
  chapterTrack,
  freeFormItem,
  fullBox,
  item,
  itemList,
  type MovieLayout,
  metadata,
  neroChapters,
  type Part,
  type TrackLayout,
  writeFragments,
  writeMovie,
} from '../builders/isobmff.ts';
import { join } from '../builders/jpeg.ts';
import { encodeSound, type Sound } from '../builders/sound.ts';
import { hashStreams } from '../decoders/ffmpeg.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const names = [
  'title',
  'artist',
  'account',
  'encoder',
  'free',
  'gap',
  'handler',
  'xmp',
  'place',
  'chapter',
  'trailer',
  'picture',
] as const;

function canaries(seed: number): string[] {
  return names.map((name) => canary(seed, name));
}

/** What is drawn from a seed: words, lengths, presence. */
interface Draw {
  word: (name: (typeof names)[number]) => string;
  below: (limit: number) => number;
  /** The parts that this seed has, in an order of its own. */
  some: (...parts: Part[]) => Uint8Array;
}

function drawFrom(seed: number): Draw {
  const random = randomFrom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const some = (...parts: Part[]): Uint8Array => {
    const chosen = parts.filter(() => random() < 0.7);
    for (let at = chosen.length - 1; at > 0; at--) {
      const to = below(at + 1);
      const [a, b] = [chosen[at] ?? '', chosen[to] ?? ''];
      chosen[at] = b;
      chosen[to] = a;
    }
    return join(...chosen);
  };
  return { word: (name) => canary(seed, name), below, some };
}

/** Boxes that tell something and may lie anywhere at the top. */
function topBoxes({ word, below, some }: Draw): Uint8Array {
  const xmp = [0xbe, 0x7a, 0xcf, 0xcb, 0x97, 0xa9, 0x42, 0xe8, 0x9c, 0x71, 0x99, 0x94, 0x91, 0xe3, 0xaf, 0xac];
  return some(
    box('free', word('free'), new Uint8Array(below(300)).fill(below(256))),
    box('skip', word('free')),
    box('wide'),
    box('uuid', xmp, `<x:xmpmeta>${word('xmp')}</x:xmpmeta>`),
    metadata(item('\xa9nam', 1, word('title'))),
    box('uuid', 'someones own box', word('account')),
  );
}

/** User data as iTunes, 3GPP and tag editors write it. */
function userData({ word, below, some }: Draw, ...more: Part[]): Uint8Array {
  const items = some(
    item('\xa9nam', 1, word('title'), 0x15c70000),
    item('\xa9ART', 1, word('artist')),
    item('aART', 2, Buffer.from(word('artist'), 'utf16le').swap16()),
    item('\xa9too', 1, word('encoder')),
    item('\xa9day', 1, `2024-01-0${1 + below(9)}T00:00:00Z`),
    item('ownr', 1, word('account')),
    item('apID', 1, word('account')),
    item('trkn', 0, [0, 0, 0, 1 + below(9), 0, 9, 0, 0]),
    item('covr', 13, join([0xff, 0xd8, 0xff, 0xe0], word('picture'))),
    freeFormItem('iTunNORM', ' 0000120A'.repeat(10)),
    freeFormItem(word('account'), word('account')),
  );
  return some(
    join(
      itemList(items, ...more),
      box(
        'udta',
        box('\xa9xyz', '\0\x12\x15\xc7', word('place')),
        fullBox('loci', 0, 0, [0x15, 0xc7], word('place'), [0, 0], be32(1, 2, 3), word('place').slice(0, 40), [0, 0]),
      ),
    ),
    box('udta', fullBox('titl', 0, 0, word('title')), box('Xtra', word('encoder')), be32(0)),
    metadata(items),
    fullBox('iods', 0, 0, [0x10, 7, 0, 0x4f, 0xff, 0xff, below(256), 0xff, 0xff]),
  );
}

function trackOf(sound: Sound, { word, below }: Draw): Sound & TrackLayout {
  return {
    ...sound,
    time: 0xd0000000 + below(0x10000000),
    handlerName: word('handler'),
    manufacturer: below(2) === 0 ? 'appl' : '\0\0\0\0',
    language: [0x15c7, 0x10a7, 0, 3, 0x55c4][below(5)] ?? 0,
    id: 1 + below(1000),
    flags: 1 | below(8),
  };
}

function layoutOf(draw: Draw, ...inUserData: Part[]): MovieLayout {
  const { word, below } = draw;
  return {
    compatible: ['M4A mp42isom', 'isom', 'M4A mp42isom\0\0\0\0'][below(3)] ?? '',
    moovFirst: below(2) === 0,
    time: 0xd0000000 + below(0x10000000),
    before: topBoxes(draw),
    between: topBoxes(draw),
    behind: topBoxes(draw),
    inMoov: userData(draw, ...inUserData),
    largeMdat: below(2) === 0,
    rest: below(2) === 0 ? word('trailer') : '',
  };
}

function specimen(name: string, extension: string, write: (draw: Draw) => Uint8Array | Promise<Uint8Array>): Specimen {
  return {
    name,
    make: async (seed) => write(drawFrom(seed)),
    canaries,
    decode: (file) => hashStreams(file, extension),
  };
}

const aac = (): Promise<Sound> => encodeSound('aac', 'm4a', '-b:a', '48k');

/** Structure as ExifTool names it, and values of nothing. */
export const structuralTags: RegExp =
  /^(QuickTime:|Track\d+:)(MajorBrand|MinorVersion|CompatibleBrands|MediaDataSize|MediaDataOffset|MovieHeaderVersion|TimeScale|Duration|Preferred(Rate|Volume)|MatrixStructure|(Preview|Poster|Selection|Current)(Time|Duration)=0 s|NextTrackID|Track(HeaderVersion|ID|Duration|Layer|Volume|)|(Create|Modify|TrackCreate|TrackModify|MediaCreate|MediaModify)Date=0000:00:00 00:00:00|Media(HeaderVersion|TimeScale|Duration|LanguageCode=(und|eng|deu))|HandlerType|HandlerClass|Balance|Audio(Format|Channels|BitsPerSample|SampleRate)|Unknown_\w+|Edit\w*|Chunk\w*|Sample\w*|TimeToSampleTable|SyncSampleTable|PurchaseFileFormat|MediaData=|LayoutFlags)/;

/** Files of sound in boxes, in every layout and coding that differs. */
export const specimens: readonly Specimen[] = [
  specimen('AAC, gaps between chunks', 'm4a', async (draw) => {
    const { word, below } = draw;
    const track = {
      ...trackOf(await aac(), draw),
      samplesPerChunk: 3,
      edits: [[480, 1024, 0x10000]] as [number, number, number][],
    };
    return writeMovie(
      [{ ...track, large: below(2) === 0, gap: () => word('gap').slice(0, below(40)) }],
      layoutOf(draw),
    );
  }),
  specimen('ALAC, trailing bytes', 'm4a', async (draw) => {
    const sound = await encodeSound('alac');
    const track = trackOf(sound, draw);
    const name = `${draw.word('encoder')}`;
    // A box in the sample entry that no decoder reads.
    const entry = join(be32(sound.entry.length + 8 + name.length), sound.entry.subarray(4), box('name', name));
    return join(writeMovie([{ ...track, entry }], layoutOf(draw)), be32(3), draw.word('trailer'));
  }),
  specimen('gapless numbers of iTunes', 'm4a', async (draw) => {
    const sound = await aac();
    const total = sound.durations.reduce((sum, duration) => sum + duration, 0);
    const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0');
    const numbers = ` 00000000 ${hex(1024)} 00000000 00000000${hex(total - 1024)} 00000000`;
    const tags = box('udta', metadata(item('\xa9too', 1, draw.word('encoder')), freeFormItem('iTunSMPB', numbers)));
    return writeMovie([trackOf(sound, draw)], { ...layoutOf(draw), inMoov: join(tags, userData(draw)) });
  }),
  specimen('fragments', 'm4a', async (draw) => {
    const { word, below, some } = draw;
    return writeFragments(await aac(), {
      samplesPerFragment: 4,
      startTime: below(1_000_000),
      absolute: below(2) === 0,
      inMoov: userData(draw),
      before: () =>
        some(
          fullBox('prft', 1, 0, be32(1), be64(below(2 ** 31)), be64(0)),
          fullBox('emsg', 0, 0, word('account')),
          box('styp', 'msdh', be32(0)),
          topBoxes(draw),
        ),
      behind: some(box('mfra', fullBox('mfro', 0, 0, be32(16))), topBoxes(draw)),
    });
  }),
  specimen('chapters of both kinds, two languages', 'm4a', async (draw) => {
    const { word, below } = draw;
    const sound = await encodeSound('flac', 'mp4', '-strict', '-2');
    const first = {
      ...trackOf(sound, draw),
      id: 7,
      language: 0x15c7,
      flags: 3,
      inTrak: box('tref', box('chap', be32(9))),
    };
    const second = { ...trackOf(await aac(), draw), id: 8, language: 0x10b5, flags: 2 };
    const chapters = { ...chapterTrack([200 + below(100), word('chapter')], [200, word('title')]), id: 9 };
    const layout = { ...layoutOf(draw), brand: 'isom' };
    return writeMovie([first, second, chapters], {
      ...layout,
      inMoov: join(userData(draw), box('udta', neroChapters([0, word('chapter')]))),
    });
  }),
  specimen('QuickTime without a brand, PCM', 'mov', async (draw) => {
    const sound = await encodeSound('pcm_s16le', 'mov');
    const [samples, bytes] = [sound.samples.length, sound.samples[0]?.length ?? 0];
    const track = {
      ...trackOf({ ...sound, samples: sound.samples.slice(0, 3000), durations: [] }, draw),
      uniformSize: bytes,
    };
    const durations = new Array<number>(Math.min(3000, samples)).fill(1);
    const file = writeMovie([{ ...track, durations }], { ...layoutOf(draw), fileType: false, before: box('wide') });
    return file;
  }),
];
