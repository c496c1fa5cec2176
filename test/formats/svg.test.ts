// SVG: what is drawn stays, what editors note goes (SVG 2, SVG 1.1, XML 1.0).
import { Resvg } from '@resvg/resvg-js';
import { describe, expect, it } from 'vitest';
import { inspect, scrub, scrubWithReport } from '../../src/index.ts';
import { clean, cleanText, encode, findingsOf, svg } from '../builders/svg.ts';
import { specimens as jpegs } from '../specimens/jpeg.ts';
import { specimens as pngs } from '../specimens/png.ts';

const RECT = '<rect width="9" height="9"/>';

/** What resvg draws at two sizes. */
function draw(document: Uint8Array): string[] {
  return [64, 150].map((value) => {
    const picture = new Resvg(Buffer.from(document), {
      fitTo: { mode: 'width', value },
      font: { loadSystemFonts: false },
    });
    return Buffer.from(picture.render().pixels).toString('base64');
  });
}

async function expectSamePicture(document: string): Promise<void> {
  const drawn = draw(encode(document));
  expect(drawn).not.toEqual(draw(encode(svg(''))));
  expect(draw(await scrub(encode(document)))).toEqual(drawn);
}

describe('the document', () => {
  it('is written without declaration, document type, comments and processing instructions', async () => {
    const document = `<?xml version="1.0"?><!-- by me --><!DOCTYPE svg [<!ENTITY e "me">]><?me me?>${svg(RECT)}<!-- me -->`;
    expect(await cleanText(document)).toBe(
      `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">${RECT}</svg>\n`,
    );
    expect(await findingsOf(document)).toEqual(
      expect.arrayContaining([
        'removed XML declaration',
        'removed comment',
        'removed DOCTYPE',
        'removed processing instruction me',
        'rewritten document',
      ]),
    );
  });

  it('stays as it is when it is clean', async () => {
    const file = encode(await cleanText(svg(RECT)));
    expect(await scrub(file)).toBe(file);
    expect(await inspect(file)).toMatchObject({ changed: false, findings: [], mediaType: 'image/svg+xml' });
  });

  it('tells where in the file something stood', async () => {
    const document = `\ufeff${svg('ü<g/><metadata>me</metadata>')}`;
    const { findings } = await inspect(encode(document));
    const offset = Buffer.from(document).indexOf('<metadata>');
    expect(findings).toContainEqual(expect.objectContaining({ where: 'metadata', offset, bytes: 23 }));
  });

  it.each([
    ['UTF-16 LE', Buffer.from(`\ufeff${svg('<text>ü</text>')}`, 'utf16le')],
    ['UTF-16 BE', Buffer.from(`\ufeff${svg('<text>ü</text>')}`, 'utf16le').swap16()],
    ['UTF-16 without a mark', Buffer.from(svg('<text>ü</text>'), 'utf16le')],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${svg('<text>ü</text>')}`)],
    ['Latin-1', Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${svg('<text>ü</text>')}`, 'latin1')],
    ['a UTF-16 that is none', Buffer.from(`<?xml version="1.0" encoding="UTF-16"?>${svg('<text>ü</text>')}`)],
  ])('is read in %s and written in UTF-8', async (_name, file) => {
    expect(new TextDecoder().decode(await scrub(new Uint8Array(file)))).toContain('<text>ü</text>');
  });

  it('is repaired where bytes stand for no character', async () => {
    const file = Buffer.from(svg('<text>a\u00ff</text>'), 'latin1');
    const { output, report } = await scrubWithReport(new Uint8Array(file));
    expect(new TextDecoder().decode(output)).toContain('<text>a\ufffd</text>');
    expect(report.findings).toContainEqual(expect.objectContaining({ where: 'text', action: 'rewritten' }));
  });

  it('is given the namespace of SVG where it has none', async () => {
    expect(await cleanText(`<svg width="4">${RECT}</svg>`)).toBe(
      `<svg xmlns="http://www.w3.org/2000/svg" width="4">${RECT}</svg>\n`,
    );
  });

  it('is told by its root, whatever stands in front of it', async () => {
    const comment = `<!--${' long '.repeat(20_000)}-->`;
    const doctype = `<!DOCTYPE svg [<!-- ${'long'.repeat(5000)} ]> -->]>`;
    expect(await cleanText(`<?xml version="1.0"?>${comment}${doctype}${svg(RECT)}`)).toContain(RECT);
    await expect(scrub(encode(`${comment}<html/>`))).rejects.toMatchObject({
      code: expect.stringMatching(/^(unsupported|unknown-format)$/),
      message: expect.not.stringContaining('SVG'),
    });
  });

  it('has text in CDATA sections and entities like any other', async () => {
    const document = `<!DOCTYPE svg [<!ENTITY hi "h&#105;"><!ENTITY ns_svg "http://www.w3.org/2000/svg">]><svg xmlns="&ns_svg;"><text><![CDATA[<a>]]>&hi;</text></svg>`;
    expect(await cleanText(document)).toContain('<text>&lt;a&gt;hi</text>');
  });

  it('has the attributes that its document type gives it', async () => {
    const document =
      '<!DOCTYPE svg [<!ATTLIST svg xmlns CDATA #FIXED "http://www.w3.org/2000/svg" fill CDATA "red">]><svg><path/></svg>';
    const written = await cleanText(document);
    expect(written).toBe('<svg xmlns="http://www.w3.org/2000/svg" fill="red"><path/></svg>\n');
  });

  it('draws the same picture', async () => {
    await expectSamePicture(
      svg(`<title>t</title><!-- c --><defs inkscape:x="1"><linearGradient id="layer"><stop offset="0.2" stop-color="#08f"/>
        <stop offset="1" style="stop-color:lime;-inkscape-stroke:none"/></linearGradient>
        <filter id="blur"><feGaussianBlur in="SourceGraphic" stdDeviation="1" result="soft"/><feOffset in="soft" dx="1"/></filter>
        <clipPath id="clip"><circle cx="20" cy="15" r="14"/></clipPath><symbol id="s" viewBox="0 0 4 4"><path d="M0 0h4v4z"/></symbol></defs>
        <style>/* me */ .used, .unused { fill: url(#layer) } #r { stroke: red; stroke-width: .5px }</style>
        <g clip-path="url(#clip)" inkscape:label="me"><rect id="r" class="used me" x="3" y="2" width="30" height="20" filter="url(#blur)"/>
        <use xlink:href="#s" width="10" height="10" transform="translate(20,12) rotate(20)"/>
        <polygon points="1,1 9,1 9,8" fill-opacity=".5"/></g>`),
    );
  });
});

describe('elements', () => {
  it.each([
    ['metadata', '<metadata><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">me</r:RDF></metadata>'],
    ['a manifest', '<metadata><c2pa:manifest xmlns:c2pa="http://c2pa.org/manifest">bWU=</c2pa:manifest></metadata>'],
    ['views of an editor', '<sodipodi:namedview id="me"><inkscape:grid type="me"/></sodipodi:namedview>'],
    ['the whole file of an editor', '<i:pgf id="me">bWU=</i:pgf>'],
    ['unknown', '<unheard-of>me<rect/></unheard-of>'],
    ['titles and descriptions', '<title>me</title><desc>me</desc>'],
    ['of no declared namespace', '<me:me/>'],
  ])('that are %s are left out', async (_name, content) => {
    expect(await clean(content + RECT)).toBe(RECT);
  });

  it('that are for one editor alone are left out', async () => {
    const content = `<switch><foreignObject requiredExtensions="http://ns.adobe.com/AdobeIllustrator/10.0/"><i:aipgfRef/></foreignObject><g i:extraneous="self">${RECT}</g></switch>`;
    expect(await clean(content)).toBe(`<switch><g>${RECT}</g></switch>`);
  });

  it('with text that is not shown lose it', async () => {
    expect(await clean(`me<g>me${RECT}\n  </g>`)).toBe(`<g>${RECT}</g>`);
    expect(await clean('<text> a <tspan>b</tspan> </text>')).toBe('<text> a <tspan>b</tspan> </text>');
  });

  it('keep their order and their depth', async () => {
    const content = '<g><g><path d="M0 0"/></g><circle r="1"/></g><line x2="3"/>';
    expect(await clean(content)).toBe(content);
  });
});

describe('attributes', () => {
  it.each([
    ['of editors', 'inkscape:label="me" sodipodi:docname="/home/me/x.svg" i:layer="yes"'],
    ['of no declared namespace', 'me:me="me"'],
    ['that are data of programs', 'data-name="me" data-me=""'],
    ['that nobody knows', 'me="me" version="1.1" baseProfile="full" enable-background="new 0 0 4 4"'],
    ['for screen readers', 'aria-label="me" role="me" aria-labelledby="me"'],
    ['about links', 'xlink:title="me" xlink:type="simple" xlink:actuate="onLoad"'],
    ['that are names of nothing', 'id="me" xml:id="me" class="me too"'],
    ['about where the file was', 'xml:base="file:///home/me/"'],
  ])('%s are left out', async (_name, attributes) => {
    expect(await clean(`<rect width="9" height="9" ${attributes}/>`)).toBe(RECT);
  });

  it.each([
    ['fill', 'me'],
    ['fill', 'red me'],
    ['fill', '#secret'],
    ['width', '9me'],
    ['transform', 'me(1)'],
    ['preserveAspectRatio', 'xMidYMid me'],
    ['stroke', '"me"'],
    ['xml:lang', 'x-me'],
    ['lang', 'en-x-me'],
    ['systemLanguage', 'x-me'],
    ['xml:space', 'me'],
    ['unicode', 'me'.repeat(40)],
    ['string', 'me'],
    ['target', 'me'],
    ['rel', 'me'],
    ['in', ' me '],
  ])('%s="%s" are not carried over: no viewer knows the value', async (name, value) => {
    const written = await clean(`<g ${name}="${value.replace(/"/g, '&quot;')}"/>`);
    expect(written).not.toMatch(/me|secret/);
  });

  it.each([
    'd="M10-.5.5L1e3 2zm5 5a1 1 0 015 5"',
    'transform="matrix(1 0 0 1 -2.5 3e-2) rotate(45deg) skewX(3)"',
    'viewBox="0 0 10 10" preserveAspectRatio="xMidYMid slice"',
    'points="1,1 2,2 -3e1,.4"',
    'fill="#fff" stroke="rgb(10%, 20%, 30%)" stroke-dasharray="1, 2 3px" stroke-linejoin="miter-clip"',
    'fill="hsl(120deg 10% 20% / 0.5)" clip-rule="evenodd" color-interpolation-filters="linearRGB"',
    'gradientUnits="userSpaceOnUse" spreadMethod="reflect" x1="5%"',
    'xml:space="preserve" xml:lang="pt-BR" lang="zh-Hant-TW"',
    'overflow="visible" pointer-events="visiblePainted"',
    'systemLanguage="de,en-GB" requiredFeatures="http://www.w3.org/TR/SVG11/feature#Extensibility"',
    'orient="auto-start-reverse" markerUnits="strokeWidth" refX="center"',
    'type="fractalNoise" baseFrequency="0.05 0.1" stitchTiles="noStitch" numOctaves="2"',
    'type="matrix" values="1 0 0 0 0 0 1 0 0 0 0 0 1 0 0 0 0 0 1 0"',
    'font-size="12" font-weight="bold" text-anchor="middle" dominant-baseline="central"',
  ])('%s are kept as they are', async (attributes) => {
    expect(await clean(`<g ${attributes}/>`)).toBe(`<g ${attributes}/>`);
  });

  it('with path data and coordinates are cut where viewers stop to read them', async () => {
    expect(await clean('<path d="M0 0L1 1 me 2"/>')).toBe('<path d="M0 0L1 1 "/>');
    expect(await clean('<path d="M0 0L1 1 # 2"/>')).toBe('<path d="M0 0L1 1 "/>');
    expect(await clean('<polygon points="1,1 2,2 secret"/>')).toBe('<polygon points="1,1 2,2 "/>');
    expect(await findingsOf(svg('<path d="M0 0 #me"/>'))).toContain('removed end of d');
  });

  it('have white space as spaces', async () => {
    expect(await clean('<path d="M0&#10;0&#9;1 1"/>')).toBe('<path d="M0 0 1 1"/>');
  });
});

describe('names', () => {
  it('become short where something refers to them', async () => {
    const content =
      '<g id="me"/><linearGradient id="Me 2"/><use xlink:href="#me"/><rect fill="url(#Me%202)"/><use href="#me"/>';
    expect(await clean(content)).toBe(
      '<g id="a"/><linearGradient id="b"/><use xlink:href="#a"/><rect fill="url(#b)"/><use href="#a"/>',
    );
  });

  it('of nothing in the document become short, too, and still lead nowhere', async () => {
    expect(await clean('<use href="#gone-me"/><g id="here"/><use href="#here"/>')).toBe(
      '<use href="#b"/><g id="a"/><use href="#a"/>',
    );
  });

  it('of results of filters become short', async () => {
    const content =
      '<filter id="me"><feFlood result="me"/><feMerge><feMergeNode in="me"/><feMergeNode in="SourceGraphic"/></feMerge></filter>';
    expect(await clean(content)).toBe(
      '<filter><feFlood result="a"/><feMerge><feMergeNode in="a"/><feMergeNode in="SourceGraphic"/></feMerge></filter>',
    );
  });

  it('of glyphs become short where pairs refer to them', async () => {
    const content =
      '<font><glyph glyph-name="me" unicode="A"/><glyph glyph-name="you"/><hkern g1="me" u2="B" k="5"/></font>';
    expect(await clean(content)).toBe(
      '<font><glyph glyph-name="a" unicode="A"/><glyph/><hkern g1="a" u2="B" k="5"/></font>',
    );
  });

  it('of fonts drawn in SVG become short', async () => {
    const content =
      '<font><font-face font-family="Me" units-per-em="1000"/></font><text font-family="Me,serif">x</text>';
    expect(await clean(content)).toBe(
      '<font><font-face font-family="a" units-per-em="1000"/></font><text font-family="a,serif">x</text>',
    );
  });
});

describe('references', () => {
  it('to addresses are kept, and told of', async () => {
    const content =
      '<a href="https://example.org/?a&amp;b"><path/></a><image xlink:href="http://example.org/i.png"/><a href="mailto:me@example.org"/>';
    expect(await clean(content)).toBe(content);
    const { findings, residual } = await inspect(encode(svg(content)));
    expect(findings).toContainEqual(expect.objectContaining({ where: 'a › link', action: 'kept' }));
    expect(residual.join()).toContain('Addresses');
  });

  it('to addresses are left out where links are dropped', async () => {
    const content =
      '<a href="https://example.org/"><path/></a><image xlink:href="http://example.org/i.png"/><g fill="url(http://x.org/#a)"/><a href="mailto:me@example.org"/>';
    expect(await clean(content, { drop: ['links'] })).toBe('<a><path/></a><image/><g fill="url(#a)"/><a/>');
  });

  it.each(['file:///home/me/i.png', '//server/me', 'C:\\me.png', 'me.svg#x', '../me.png', 'ftp://me/', 'blob:me'])(
    'to files like %s are left out',
    async (href) => {
      const content = `<image xlink:href="${href}"/><g fill="url('${href.replace('\\', '\\\\')}') red"/>`;
      expect(await clean(content)).toBe('<image/><g fill="url(#a) red"/>');
    },
  );

  it('are read as browsers do', async () => {
    expect(await clean('<g id="x"/><use href=" &#9;#x&#10; "/><use href="#xpointer(id(x))"/>')).toBe(
      '<g id="a"/><use href="#a"/><use href="#a"/>',
    );
    await expect(clean('<a href=" java&#10;script:me()"/>')).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('twice on one element under two prefixes are an error, as they are to viewers', async () => {
    const document =
      '<svg xmlns="http://www.w3.org/2000/svg" xmlns:a="http://www.w3.org/1999/xlink" xmlns:b="http://www.w3.org/1999/xlink"><use a:href="#a" b:href="#b"/></svg>';
    await expect(scrub(encode(document))).rejects.toMatchObject({ code: 'malformed', trail: ['xlink:href'] });
  });
});

describe('files in the document', () => {
  it.each([
    ['jpeg', jpegs[0], 'image/jpeg'],
    ['png', pngs[0], 'image/png'],
  ])('are cleaned: %s', async (_name, specimen, type) => {
    if (specimen === undefined) throw new Error('There is no specimen.');
    const file = await specimen.make(1);
    const base64 = Buffer.from(file).toString('base64').replace(/.{76}/g, '$&\n');
    const expected = Buffer.from(await scrub(file)).toString('base64');
    const written = await clean(`<image width="9" xlink:href="data:me;base64,${base64}"/>`);
    expect(written).toBe(`<image width="9" xlink:href="data:${type};base64,${expected}"/>`);
    const { findings } = await inspect(encode(svg(`<image xlink:href="data:;base64,${base64}"/>`)));
    expect(findings.some(({ where }) => where.startsWith('image › data › '))).toBe(true);
  });

  it('are cleaned in style sheets, and where they are SVG themselves', async () => {
    const inner = encodeURIComponent(svg(`<!-- me -->${RECT}`));
    const written = await clean(`<style>g{cursor:url("data:image/svg+xml,${inner}"),auto}</style>`);
    const [, base64 = ''] = /base64,([\w+/=]*)/.exec(written) ?? [];
    expect(Buffer.from(base64, 'base64').toString()).toBe(
      `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">${RECT}</svg>\n`,
    );
  });

  it.each([
    ['d09GRgAB', 'font/woff'],
    ['d09GMgAB', 'font/woff2'],
    ['T1RUTwAB', 'font/otf'],
    ['AAEAAAAB', 'font/ttf'],
    ['dHRjZgAB', 'font/collection'],
  ])('that are fonts stay as they are, by what they are: %s', async (base64, type) => {
    const content = `<style>@font-face{src:url(data:application/x-me;base64,${base64})}</style>`;
    expect(await clean(content)).toBe(`<style>@font-face{src:url(data:${type};base64,${base64})}</style>`);
    const { residual } = await inspect(encode(svg(content)));
    expect(residual.join()).toContain('embedded fonts');
    await expect(clean(content, { drop: ['fontNames'] })).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('that are fonts for Internet Explorer alone are left out', async () => {
    const eot = Buffer.from(`${'\0'.repeat(34)}LP me`, 'latin1').toString('base64');
    expect(await clean(`<style>@font-face{src:url(data:;base64,${eot})}</style>`)).toBe(
      '<style>@font-face{src:url(#a)}</style>',
    );
  });

  it('are refused where nobody knows them', async () => {
    await expect(clean('<image href="data:image/png;base64,bWVtZW1lbWU="/>')).rejects.toMatchObject({
      code: 'unknown-format',
    });
  });

  it('that can not be decoded are left out', async () => {
    expect(await clean('<image href="data:image/png;base64,bWV*"/><image href="data:me"/>')).toBe('<image/><image/>');
  });

  it('are refused with what they refuse', async () => {
    const inner = encodeURIComponent(svg('<script>me()</script>'));
    await expect(clean(`<image href="data:image/svg+xml,${inner}"/>`)).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('the report', () => {
  it('names what editors left behind by what it tells', async () => {
    const content = '<metadata/><g inkscape:label="me" sodipodi:docname="me"/><i:pgf/><title/>';
    const { findings } = await inspect(encode(svg(content, 'inkscape:version="1"')));
    const kinds = Object.fromEntries(findings.map(({ where, kind }) => [where, kind]));
    expect(kinds).toMatchObject({
      metadata: 'author',
      'inkscape:label': 'comment',
      'sodipodi:docname': 'identifier',
      'i:pgf': 'embedded-file',
      'inkscape:version': 'software',
      'xmlns:inkscape': 'software',
    });
  });

  it('says what is not covered', async () => {
    const { residual } = await inspect(encode(svg(RECT)));
    expect(residual.join()).toMatch(/text included.*hidden.*names of fonts/);
  });
});
