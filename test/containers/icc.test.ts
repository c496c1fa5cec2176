import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { type CanonicalProfile, canonicalProfile } from '../../src/containers/icc.ts';
import {
  bend,
  curv,
  desc,
  iccProfile,
  mAB,
  mft1,
  mft2,
  mluc,
  mpet,
  type Profile,
  para,
  sf32,
  text,
  xyz,
} from '../builders/icc.ts';
import { APP, ascii, encodeJpeg, icc, join, joinJpeg, splitJpeg } from '../builders/jpeg.ts';

const primaries = { rXYZ: xyz(0.61, 0.31, 0.02), gXYZ: xyz(0.21, 0.63, 0.07), bXYZ: xyz(0.15, 0.06, 0.74) };
const curves = (curve: Uint8Array): Record<string, Uint8Array> => ({ rTRC: curve, gTRC: curve, bTRC: curve });
const wtpt = xyz(0.9642, 1, 0.8249);

/** A matrix and curves, which most pictures carry. */
const matrix: Profile = { tags: { ...primaries, ...curves(curv(...bend(20, 0xffff, 1.6))), wtpt } };

/** Each kind of transform, and the kind of picture that it tells the colours of. */
const transforms: [string, 'rgb' | 'gray' | 'cmyk', Profile][] = [
  ['matrix and sampled curves, v2', 'rgb', matrix],
  ['matrix and a gamma, v2', 'rgb', { tags: { ...primaries, ...curves(curv(0x0240)), wtpt } }],
  [
    'matrix and parametric curves, v4',
    'rgb',
    {
      version: 4,
      tags: {
        ...primaries,
        ...curves(para(3, 2.2, 0.95, 0.05, 0.08, 0.04)),
        chad: sf32(1.05, 0.02, -0.05, 0.03, 0.99, -0.02, -0.01, 0.02, 0.75),
        wtpt,
      },
    },
  ],
  ['lookup table of 16 bits, v2', 'rgb', { connectionSpace: 'Lab ', tags: { A2B0: mft2(3, 3, 4), wtpt } }],
  ['lookup table of 8 bits, v2', 'rgb', { connectionSpace: 'Lab ', tags: { A2B0: mft1(3, 3, 3), wtpt } }],
  ['five stages, v4', 'rgb', { version: 4, connectionSpace: 'Lab ', tags: { A2B0: mAB(), wtpt } }],
  ['process elements, v4', 'rgb', { version: 4, tags: { ...matrix.tags, D2B0: mpet() } }],
  ['gray curve, v2', 'gray', { colorSpace: 'GRAY', tags: { kTRC: curv(...bend(9, 0xffff, 3)), wtpt } }],
  ['gray curve, v4', 'gray', { version: 4, colorSpace: 'GRAY', tags: { kTRC: para(0, 3.1), wtpt } }],
  [
    'inks, v2',
    'cmyk',
    { deviceClass: 'prtr', colorSpace: 'CMYK', connectionSpace: 'Lab ', tags: { A2B0: mft1(4, 3, 3), wtpt } },
  ],
];

/** The tags that tell who made a profile, when, where, for which monitor. */
const identities = (name: string): Record<string, Uint8Array> => ({
  desc: desc(name),
  cprt: text(name),
  dmnd: desc(name),
  dmdd: mluc(name),
  vcgt: join('vcgt', [0, 0, 0, 0], name),
  mmod: join('mmod', [0, 0, 0, 0], name),
  targ: text(`CREATED 4/4/2011 ${name}`),
  meta: join('dict', [0, 0, 0, 0], name),
  calt: join('dtim', [0, 0, 0, 0], [7, 0xdc, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5]),
  view: join('view', [0, 0, 0, 0], new Uint8Array(28).fill(name.length)),
  meas: join('meas', [0, 0, 0, 0], new Uint8Array(28).fill(name.length)),
  tech: join('sig ', [0, 0, 0, 0], 'fscn'),
  ncl2: join('ncl2', [0, 0, 0, 0], name),
  MS00: join('MS10', [0, 0, 0, 0], name),
  priv: join('zzzz', [0, 0, 0, 0], name),
});

/** The same transform with another identity: maker, date, texts, calibration, private tags, order, gaps. */
function identified(profile: Profile, name: string): Uint8Array {
  const tags = Object.entries({ ...profile.tags, ...identities(name) });
  if (name.length % 2 === 0) tags.reverse();
  return iccProfile({
    ...profile,
    tags: Object.fromEntries(tags),
    identity: { date: [2011, 4, 4, 15, 47, name.length], maker: name.slice(0, 4), id: ascii(name.slice(0, 16)) },
    gap: ascii(name.slice(0, 8)),
    tail: ascii(name),
  });
}

function bytesOf(canonical: CanonicalProfile): Uint8Array {
  if (!canonical.usable) throw new Error(canonical.reason);
  return canonical.bytes;
}

const pictures = {
  rgb: splitJpeg(await encodeJpeg({ quality: 95 })).filter(({ marker }) => marker !== APP(0)),
  gray: splitJpeg(await encodeJpeg({ colors: 'gray' })).filter(({ marker }) => marker !== APP(0)),
  cmyk: splitJpeg(await encodeJpeg({ colors: 'cmyk' })).filter(({ marker }) => marker !== APP(2)),
};

/** What Little CMS makes of a picture with a profile, in sRGB. */
async function shownThrough(colors: keyof typeof pictures, profile?: Uint8Array): Promise<Buffer> {
  const file = joinJpeg([...(profile === undefined ? [] : icc(profile)), ...pictures[colors]]);
  return sharp(file).toColourspace('srgb').raw().toBuffer();
}

describe.each(transforms)('a canonical profile: %s', (_, colors, profile) => {
  const NAME = 'Canary Monitors, serial 0815';

  it('shows the same colours, which are not those without a profile', async () => {
    const original = identified(profile, NAME);
    const canonical = bytesOf(canonicalProfile(original));
    const expected = await shownThrough(colors, original);
    expect(await shownThrough(colors, canonical)).toEqual(expected);
    expect(expected).not.toEqual(await shownThrough(colors));
  });

  it('is the same whoever made it, and is its own canonical form', () => {
    const canonical = bytesOf(canonicalProfile(identified(profile, NAME)));
    for (const other of ['Somebody else', 'abcdefgh', 'x'.repeat(300)]) {
      expect(bytesOf(canonicalProfile(identified(profile, other)))).toEqual(canonical);
    }
    expect(bytesOf(canonicalProfile(iccProfile(profile)))).toEqual(canonical);
    expect(bytesOf(canonicalProfile(canonical))).toEqual(canonical);
    expect(Buffer.from(canonical).includes('Canary')).toBe(false);
    expect(Buffer.from(canonical).includes('C\0a\0n')).toBe(false);
  });
});

describe('canonical profiles', () => {
  it('name the tags that were left out', () => {
    const canonical = canonicalProfile(identified(matrix, 'name'));
    const dropped = Object.keys(identities('')).filter((signature) => signature !== 'desc' && signature !== 'cprt');
    expect(canonical.usable && new Set(canonical.droppedTags)).toEqual(new Set(dropped));
  });

  it('leave the gaps of staged tables and process elements behind', () => {
    const gap = ascii('SECRETSECRET');
    const inner: [Profile, Profile][] = [
      [
        { version: 4, connectionSpace: 'Lab ', tags: { A2B0: mAB() } },
        { version: 4, connectionSpace: 'Lab ', tags: { A2B0: mAB(gap) } },
      ],
      [
        { version: 4, tags: { D2B0: mpet(), ...matrix.tags } },
        { version: 4, tags: { D2B0: mpet(gap), ...matrix.tags } },
      ],
    ];
    for (const [plain, gapped] of inner) {
      expect(Buffer.from(iccProfile(gapped)).includes('SECRET')).toBe(true);
      expect(bytesOf(canonicalProfile(iccProfile(gapped)))).toEqual(bytesOf(canonicalProfile(iccProfile(plain))));
    }
  });

  it('store equal tags once, as shared tags are stored', () => {
    const long = curv(...bend(4000, 0xffff, 2));
    const canonical = bytesOf(canonicalProfile(iccProfile({ tags: { ...primaries, ...curves(long), wtpt } })));
    expect(canonical.length).toBeLessThan(2 * long.length);
  });

  it('say 2000-01-01, x and x in the types of their version', async () => {
    for (const version of [2, 4]) {
      const canonical = Buffer.from(bytesOf(canonicalProfile(iccProfile({ ...matrix, version }))));
      expect([...canonical.subarray(24, 36)]).toEqual([7, 208, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
      expect(canonical.includes('mluc')).toBe(version === 4);
      expect(canonical.includes('text')).toBe(version === 2);
    }
  });

  it('do without an optional tag that can not be read, as decoders do', () => {
    const canonical = bytesOf(canonicalProfile(iccProfile(matrix)));
    const odd = { ...matrix.tags, bkpt: text('none'), chad: sf32(1, 0), B2A0: mft2(3, 3, 4).subarray(0, 60) };
    expect(bytesOf(canonicalProfile(iccProfile({ tags: odd })))).toEqual(canonical);
  });

  it('keep process elements, which Little CMS prefers to a matrix', async () => {
    const both = iccProfile({ version: 4, tags: { ...matrix.tags, D2B0: mpet() } });
    const alone = iccProfile({ version: 4, tags: matrix.tags });
    expect(await shownThrough('rgb', both)).not.toEqual(await shownThrough('rgb', alone));
  });

  it('ignore bytes behind the size of the header', () => {
    const profile = iccProfile(matrix);
    expect(bytesOf(canonicalProfile(join(profile, 'SECRET')))).toEqual(bytesOf(canonicalProfile(profile)));
  });
});

describe('profiles that decoders do not use', () => {
  const good = iccProfile(matrix);
  const patched = (at: number, ...values: number[]): Uint8Array => {
    const profile = good.slice();
    profile.set(values, at);
    return profile;
  };
  const many = Object.fromEntries(
    Array.from({ length: 101 }, (_, index) => [`t${String(index).padStart(3, '0')}`, text('x')]),
  );

  it.each([
    ['nothing', new Uint8Array(0)],
    ['a header alone', good.slice(0, 128)],
    ['no signature', patched(36, 0, 0, 0, 0)],
    ['cut off', good.slice(0, -8)],
    ['of size 0', patched(0, 0, 0, 0, 0)],
    ['of a size past its end', patched(0, 0xff, 0xff, 0xff, 0xff)],
    ['of version 5', patched(8, 5)],
    ['a device link', iccProfile({ ...matrix, deviceClass: 'link' })],
    ['a named colour profile', iccProfile({ ...matrix, deviceClass: 'nmcl' })],
    ['of no connection space', iccProfile({ ...matrix, connectionSpace: 'RGB ' })],
    ['of more than 100 tags', iccProfile({ tags: { ...matrix.tags, ...many } })],
    ['of 2^32 - 1 tags', patched(128, 0xff, 0xff, 0xff, 0xff)],
    ['without a transform', iccProfile({ tags: { wtpt } })],
    ['a tag past its end', patched(128 + 4 + 4, 0xff, 0xff, 0xff, 0)],
    ['a tag of a size past its end', patched(128 + 4 + 8, 0xff, 0xff, 0xff, 0xff)],
    ['a tag in the header', patched(128 + 4 + 4, 0, 0, 0, 0)],
    ['a curve of the wrong type', iccProfile({ tags: { ...matrix.tags, rTRC: text('x') } })],
    [
      'a curve of 2^32 - 1 entries',
      iccProfile({ tags: { ...matrix.tags, rTRC: join('curv\0\0\0\0\xff\xff\xff\xff') } }),
    ],
    ['a curve of an unknown function', iccProfile({ tags: { ...matrix.tags, rTRC: para(5, 1, 1, 1, 1, 1) } })],
    ['a table shorter than its dimensions', iccProfile({ tags: { A2B0: mft2(3, 3, 4).slice(0, -1) } })],
    ['a table of 0 channels', iccProfile({ tags: { A2B0: join('mft2', new Uint8Array(60)) } })],
    [
      'a table of 255 points in 16 dimensions',
      iccProfile({ tags: { A2B0: join('mft1\0\0\0\0', [16, 3, 255, 0], new Uint8Array(9000)) } }),
    ],
    ['a stage outside', iccProfile({ tags: { A2B0: mAB().fill(0xff, 24, 28) } })],
    ['a chain of 2^32 - 1 elements', iccProfile({ tags: { D2B0: mpet().fill(0xff, 12, 16) } })],
    ['an element outside', iccProfile({ tags: { D2B0: mpet().fill(0xff, 16, 20) } })],
    ['an element that points to itself', iccProfile({ tags: { D2B0: mpet().fill(0, 16, 20) } })],
  ] as [string, Uint8Array][])('%s', (_, profile) => {
    const canonical = canonicalProfile(profile);
    expect(canonical).toMatchObject({ usable: false });
    expect(!canonical.usable && canonical.reason).toMatch(/^[A-Z].*\.$/);
  });

  it('never lead to more than a sentence, wherever a byte is wrong', () => {
    for (const [, , profile] of transforms) {
      const original = iccProfile(profile);
      for (let at = 0; at < Math.min(original.length, 400); at++) {
        for (const value of [0, 0xff]) {
          const damaged = original.slice();
          damaged[at] = value;
          const canonical = canonicalProfile(damaged);
          if (!canonical.usable) continue;
          expect(Buffer.compare(bytesOf(canonicalProfile(canonical.bytes)), canonical.bytes)).toBe(0);
        }
      }
    }
  });

  it('do not grow a small file by sharing data many times', () => {
    const table = join('clut\0\0\0\0\0\x03\0\x03', [20, 20, 20], new Uint8Array(13), new Uint8Array(20 ** 3 * 12));
    const position = [0, 0, 2, 16, (table.length >> 24) & 0xff, table.length >> 16, (table.length >> 8) & 0xff, 0];
    const chain = join('mpet\0\0\0\0\0\x03\0\x03\0\0\0\x40', ...Array.from({ length: 64 }, () => position), table);
    const canonical = canonicalProfile(iccProfile({ tags: { D2B0: chain } }));
    expect(canonical.usable ? canonical.bytes.length : 0).toBeLessThan(16 * 1024 * 1024 + 4096);
  });
});
