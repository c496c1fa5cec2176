import sharp from 'sharp';
import {
  codedPicture,
  exifBlock,
  type HeifLayout,
  irot,
  ispe,
  pixi,
  writeHeif,
  writeSequence,
} from '../builders/heif.ts';
import { box, fullBox } from '../builders/isobmff.ts';
import { ascii, join } from '../builders/jpeg.ts';
import { hashStreams } from '../decoders/ffmpeg.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const names = ['exif', 'xmp', 'free', 'gap', 'handler', 'name', 'description', 'trailer', 'obu', 'thumbnail'] as const;

const sequenceNames = ['message', 'userData', 'free', 'trailer'] as const;

async function decode(file: Uint8Array): Promise<unknown> {
  const { data, info } = await sharp(file).rotate().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, pixels: data.toString('hex') };
}

/** A unit of AV1 with metadata that no registry names. */
function privateMetadata(text: string): Uint8Array {
  return join([0x2a, text.length + 2, 30], ascii(text), [0x80]);
}

async function layout(seed: number): Promise<HeifLayout & { size: Uint8Array }> {
  const random = randomFrom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const word = (name: (typeof names)[number]): string => canary(seed, name);
  const { data, av1C } = await codedPicture();
  const size = ispe(64, 48);
  // Data of the picture behind a temporal delimiter, with a unit of metadata in front of it.
  const dirty = join(below(2) === 0 ? [0x12, 0] : '', data, privateMetadata(word('obu').slice(0, 60)));
  return {
    size,
    properties: [size, pixi(8, 8, 8), av1C, fullBox('udes', 0, 0, 'en\0', word('description'), '\0tag\0\0'), irot(1)],
    items: [
      { id: 3, type: 'av01', name: word('name'), data: dirty, properties: [1, 2, -3, 4, -5] },
      { id: 7, type: 'Exif', name: 'Exif', data: exifBlock(word('exif')) },
      { id: 9, type: 'mime', contentType: 'application/rdf+xml', data: ascii(`<x:xmpmeta>${word('xmp')}</x:xmpmeta>`) },
      {
        id: 20,
        type: 'av01',
        data: join(data, privateMetadata(word('thumbnail').slice(0, 60))),
        properties: [1, 2, -3],
      },
    ],
    references: [
      ['cdsc', 7, 3],
      ['cdsc', 9, 3],
      ['thmb', 20, 3],
    ],
    primary: 3,
    handlerName: word('handler'),
    before: below(2) === 0 ? box('free', word('free')) : '',
    behind: join(below(2) === 0 ? box('uuid', '0123456789abcdef', word('free')) : '', word('trailer')),
    inMeta: below(2) === 0 ? box('uuid', '0123456789abcdef', word('free')) : '',
    gap: () => word('gap').slice(0, below(30)),
  };
}

/** Structure as ExifTool names it. */
const structural = [
  ...['MajorBrand', 'MinorVersion', 'CompatibleBrands', 'HandlerType', 'PrimaryItemReference', 'MediaDataSize'],
  ...[
    'MediaDataOffset',
    'ImageSpatialExtent',
    'ImagePixelDepth',
    'Rotation',
    'Mirroring',
    'MetaImageSize',
    'MediaData',
  ],
  ...['AV1ConfigurationVersion', 'SeqProfile', 'SeqLevelIdx0', 'SeqTier0', 'HighBitDepth', 'TwelveBit'],
  ...['ChromaFormat', 'ChromaSamplePosition', 'InitialDelaySamples', 'Unknown_idat'],
  ...['ColorProfiles', 'ColorPrimaries', 'TransferCharacteristics', 'MatrixCoefficients', 'VideoFullRangeFlag'],
  ...['MovieHeaderVersion', 'CreateDate', 'ModifyDate', 'TimeScale', 'Duration', 'PreferredRate', 'PreferredVolume'],
  ...['PreviewTime', 'PreviewDuration', 'PosterTime', 'SelectionTime', 'SelectionDuration', 'CurrentTime'],
  ...['NextTrackID', 'MatrixStructure', 'TrackHeaderVersion', 'TrackCreateDate', 'TrackModifyDate', 'TrackID'],
  ...['TrackDuration', 'TrackLayer', 'TrackVolume', 'ImageWidth', 'ImageHeight', 'MediaHeaderVersion'],
  ...['MediaCreateDate', 'MediaModifyDate', 'MediaTimeScale', 'MediaDuration', 'MediaLanguageCode', 'GraphicsMode'],
  ...['OpColor', 'CompressorID', 'SourceImageWidth', 'SourceImageHeight', 'XResolution', 'YResolution', 'BitDepth'],
  ...['VideoFrameRate', 'PixelAspectRatio', 'BitsPerComponent', 'AVCConfiguration'],
  ...['Unknown_edts', 'OtherFormat', 'Unknown_avcC', 'TimeToSampleTable', 'SyncSampleTable', 'SampleSizes'],
  ...['SampleToChunk', 'ChunkOffset'],
];

/** Structure as ExifTool names it. */
export const structuralTags: RegExp = new RegExp(
  `^((QuickTime|Meta|Track\\d+|AV1Config):)?(${structural.join('|')})(=|$)`,
);

/** Files of pictures, in every layout that differs. */
export const specimens: readonly Specimen[] = [
  {
    name: 'AVIF, turned, Exif, XMP, thumbnail, metadata units',
    make: async (seed) => writeHeif(await layout(seed)),
    canaries: (seed) => names.map((name) => canary(seed, name)),
    decode,
  },
  {
    name: 'AVIF grid of one shared tile',
    make: async (seed) => {
      const base = await layout(seed);
      const [tile, exif] = base.items;
      if (tile === undefined || exif === undefined) throw new Error('There is no tile.');
      return writeHeif({
        ...base,
        properties: [...base.properties, ispe(128, 48)],
        items: [
          { ...tile, isHidden: true, properties: [1, 2, -3, 4] },
          { id: 30, type: 'grid', data: Uint8Array.of(0, 0, 0, 1, 0, 128, 0, 48), properties: [6, 2] },
          exif,
        ],
        references: [
          ['dimg', 30, 3, 3],
          ['cdsc', 7, 30],
        ],
        primary: 30,
      });
    },
    canaries: (seed) => names.map((name) => canary(seed, name)),
    decode,
  },
  {
    name: 'sequence of AVC, message of its encoder, user data',
    make: async (seed) => {
      const word = (name: (typeof sequenceNames)[number]): string => canary(seed, name);
      return writeSequence({
        message: word('message').slice(0, 60),
        inMovie: join(box('udta', box('\xa9too', word('userData'))), seed % 2 === 0 ? box('free', word('free')) : ''),
        behind: join(box('uuid', '0123456789abcdef', word('free')), word('trailer')),
      });
    },
    canaries: (seed) => sequenceNames.map((name) => canary(seed, name)),
    decode: (file) => hashStreams(file, 'mp4'),
  },
];
