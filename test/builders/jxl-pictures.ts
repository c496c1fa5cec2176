// JPEG XL pictures with headers that encoders do not write, made from what one wrote.
import { encodeJxl } from '../decoders/jxl.ts';
import { iccStream } from './icc-stream.ts';
import { join } from './jpeg.ts';
import { align, extension, fromBits, name, number, toBits } from './jxl.ts';

export const [WIDTH, HEIGHT] = [40, 30];

const draw = (step: number): Promise<Uint8Array> =>
  encodeJxl(
    Uint8Array.from({ length: WIDTH * HEIGHT * 4 }, (_, at) =>
      at % 4 === 3 ? 255 : (at * step + (at >> 5) * 13) & 255,
    ),
    WIDTH,
    HEIGHT,
    { lossless: true },
  );

/** Lossless pictures of the same size: bare codestreams. */
export const lossless: Uint8Array = await draw(7);
export const other: Uint8Array = await draw(11);
/** A lossy one of several passes. */
export const lossy: Uint8Array = await encodeJxl(
  Uint8Array.from({ length: WIDTH * HEIGHT * 4 }, (_, at) => (at % 4 === 3 ? 255 : (at * 7) & 255)),
  WIDTH,
  HEIGHT,
  { quality: 60, progressive: true },
);

/** Bits of the lossless codestream behind the signature and the size (§C.2): ImageMetadata from here, the frame from 17 on. */
const HEADER_START = 31;
const FRAME_START = HEADER_START + 17;

/** A frame of an animation. */
export interface Frame {
  /** What it shows: {@link lossless} or {@link other}. */
  picture?: Uint8Array;
  name?: string;
  timecode?: number;
  /** Ticks. */
  duration?: number;
  extensions?: readonly (number | undefined)[];
}

/** What is to stand in the headers. */
export interface Detailed {
  /** 1 to 8. */
  orientation?: number;
  channelName?: string;
  extension?: number | undefined;
  profile?: Uint8Array;
  hasTimecodes?: boolean;
  frames?: readonly Frame[];
  /** `ExtraChannelInfo › type`: 0 for alpha, 1 for depth, 4 for black. */
  channelType?: 0 | 1 | 4;
  /** A small picture in front, which is the whole one. */
  hasPreview?: boolean;
}

/** Numbers of ticks (§C.6): 0, 1 or a byte, or `FFFFFFFF` for a page. */
function ticks(duration: number): string {
  if (duration === 0) return '00';
  if (duration === 1) return '10';
  return duration < 256 ? `01${number(duration, 8)}` : `11${number(duration, 32)}`;
}

/** An animation of 100 ticks a second as a bare codestream, with headers as they are asked for. */
export function detailed({
  orientation = 1,
  channelName = '',
  extension: ofImage,
  profile,
  hasTimecodes = false,
  frames = [{}],
  channelType = 0,
  hasPreview = false,
}: Detailed): Uint8Array {
  const bits = toBits(lossless);
  // Not div8: height and width by 6 bits and 1, or more.
  const size = (value: number): string => `00${number(value - 1, 6)}`;
  const preview = hasPreview ? `10${size(HEIGHT)}000${size(WIDTH)}` : '0';
  // extra_fields, orientation, no intrinsic size, preview, have_animation with 100 ticks a second, repeated for ever.
  const extra = `01${number(orientation - 1, 3)}0${preview}1000000${hasTimecodes ? '1' : '0'}`;
  const type = channelType === 0 ? '00' : channelType === 1 ? '10' : `01${number(channelType - 2, 4)}`;
  // 8 bits, modular_16_bit, one extra channel of 8 bits with a name; only alpha says whether it is associated.
  const channel = `0001100${type}00000${name(channelName)}${channelType === 0 ? '0' : ''}`;
  // Not XYB; sRGB or a profile; default ToneMapping; default transform.
  const colors = profile === undefined ? '1' : '0100';
  const header = `${bits.slice(0, HEADER_START)}${extra}${channel}0${colors}1${extension(ofImage)}1`;
  const written = frames.map((frame, index) => writeFrame(frame, index === frames.length - 1, hasTimecodes));
  // A preview is no part of the animation; it is coded as a frame like the others.
  const small = hasPreview ? [writeFrame({ name: frames[0]?.name ?? '' }, true, hasTimecodes)] : [];
  return join(fromBits(align(`${header}${profile === undefined ? '' : iccStream(profile)}`)), ...small, ...written);
}

function writeFrame(
  { picture = lossless, name: title = '', timecode = 0, duration = 1, extensions = [] }: Frame,
  isLast: boolean,
  hasTimecodes: boolean,
): Uint8Array {
  const bits = toBits(picture);
  // Up to the blending of the extra channel; duration, timecode, is_last; where it is not, no reference; name; loop filter.
  const timing = `${ticks(duration)}${hasTimecodes ? number(timecode, 32) : ''}`;
  const isReferable = !isLast && duration === 0;
  const end = isLast ? '1' : `000${isReferable ? '0' : ''}`;
  const filter = bits.slice(HEADER_START + 40, HEADER_START + 44);
  const [ofFilter, ofFrame] = extensions;
  const fields = `${bits.slice(FRAME_START, HEADER_START + 37)}${timing}${end}${name(title)}${filter}`;
  return join(
    fromBits(align(`${fields}${extension(ofFilter)}${extension(ofFrame)}0`)),
    picture.subarray((HEADER_START + 49) / 8),
  );
}
