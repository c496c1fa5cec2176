// Style sheets, style attributes and animations of SVG documents (CSS Syntax Level 3, Selectors Level 4, SMIL 3.0).
import { describe, expect, it } from 'vitest';
import { inspect } from '../../src/index.ts';
import { clean, encode, findingsOf, svg } from '../builders/svg.ts';

/** What a style sheet becomes that stands in a document with these elements. */
async function sheet(css: string, content = ''): Promise<string> {
  const written = await clean(
    `<style>${css.replace(/[&<]/g, (character) => (character === '&' ? '&amp;' : '&lt;'))}</style>${content}`,
  );
  return written.replace(/^<style>(.*)<\/style>.*$/s, '$1');
}

/** What a style attribute becomes. */
async function style(css: string): Promise<string | undefined> {
  return /style="([^"]*)"/.exec(await clean(`<g style="${css.replace(/"/g, '&quot;')}"/>`))?.[1];
}

describe('style sheets', () => {
  it('are written without comments and superfluous space', async () => {
    expect(await sheet('/* me */ g /* me */ { /* me */ fill : red /**/ ; ; stroke:blue } <!-- -->')).toBe(
      'g{fill:red;stroke:blue}',
    );
  });

  it('keep what they select by, with short names', async () => {
    expect(
      await sheet(
        '#me>.you.they,g:hover rect~path,*,:not(.you):first-child,svg:root{fill:red}',
        '<g id="me" class="you me"/>',
      ),
    ).toBe('#a&gt;.a.b,g:hover rect~path,*,:not(.a):first-child,svg:root{fill:red}');
  });

  it('give their short names to what they select', async () => {
    expect(await clean('<style>.me{fill:red}#you{fill:lime}</style><g class="x me y" id="you"/>')).toBe(
      '<style>.a{fill:red}#a{fill:lime}</style><g class="a" id="a"/>',
    );
  });

  it.each([
    ['elements that there are not', 'me{fill:red}', ''],
    ['them among others', 'me,g,p.me{fill:red}', 'g{fill:red}'],
    ['what no viewer knows', 'g:me{fill:red}g::me{fill:red}g{fill:red}', 'g{fill:red}'],
    ['by ids that are none', '#1me{fill:red}', ''],
  ])('lose what selects %s', async (_name, css, expected) => {
    const written = await clean(`<style>${css}</style><g/>`);
    expect(written).toBe(expected === '' ? '<style/><g/>' : `<style>${expected}</style><g/>`);
  });

  it('keep attributes to select by, with values that viewers know', async () => {
    expect(await sheet('[fill="red"],[ stroke = \'#00f\' ],[width]{opacity:.5}')).toBe(
      "[fill='red'],[stroke='#00f'],[width]{opacity:.5}",
    );
  });

  it.each([
    '[id=me]{}',
    '[class~=me]{}',
    '[data-me]{}',
    '[fill=me]{}',
    'g:empty{}',
    'svg|g{}',
    'g:not(me){}',
    '&g{}',
    '@layer me;',
    '@property --me{}',
    '@container me (width>1px){}',
    '@counter-style me{}',
    '@supports (me:me){}',
    '@media me{}',
    '@namespace me url(http://me/);',
    '@keyframes{}',
    'g{fill:red;path{fill:blue}}',
    'g{fill:image-set("me.png" 1x)}',
    'g{fill:-moz-element(#me)}',
    'g{--me:{me};fill:var(--me)}',
  ])('with %s are refused', async (css) => {
    await expect(sheet(css)).rejects.toMatchObject({ code: 'unsupported', trail: ['style'] });
  });

  it('that select by place are refused where something is left out, kept elsewhere', async () => {
    expect(await clean('<style>g:nth-child(2n+1){fill:red}</style><g/>')).toBe(
      '<style>g:nth-child(2n+1){fill:red}</style><g/>',
    );
    await expect(clean('<style>g+g{fill:red}</style><g/><metadata/><g/>')).rejects.toMatchObject({
      code: 'unsupported',
    });
  });

  it('keep conditions that viewers know', async () => {
    const css =
      '@media screen and (prefers-color-scheme:dark){g{fill:#fff}}@supports (mix-blend-mode:multiply){g{fill:red}}';
    expect(await sheet(css)).toBe(css);
  });

  it('lose rules about pages and character sets', async () => {
    expect(await sheet('@charset "me";@page me{margin:1px}g{fill:red}')).toBe('g{fill:red}');
  });

  it('may say that their elements are those of SVG', async () => {
    expect(await sheet('@namespace "http://www.w3.org/2000/svg";g{fill:red}')).toBe('g{fill:red}');
  });

  it.each(['@import "me.css";', "@import url('https://me/fonts.css');"])(
    'that load others are refused, or lose that where links are dropped: %s',
    async (css) => {
      const content = `<style>${css}g{fill:red}</style>`;
      await expect(clean(content)).rejects.toMatchObject({ code: 'unsupported', trail: ['style'] });
      expect(await clean(content, { drop: ['links'] })).toBe('<style>g{fill:red}</style>');
    },
  );

  it.each(['<?xml-stylesheet href="me.css"?>', '<html:link rel="stylesheet" href="me.css"/>'])(
    'elsewhere are refused, or left out where links are dropped: %s',
    async (content) => {
      await expect(clean(content)).rejects.toMatchObject({ code: 'unsupported' });
      expect(await clean(content, { drop: ['links'] })).toBe('');
    },
  );

  it.each([
    ['of another language', '<style type="text/me"/>'],
    ['of XHTML', '<html:style>g{}</html:style>'],
    ['in metadata', '<metadata><style>g{}</style></metadata>'],
    ['with elements in them', '<style>g{}<g/></style>'],
    ['to choose from', '<style title="a">g{}</style><style title="b">g{}</style>'],
    ['for unknown media', '<style media="me">g{}</style>'],
  ])('%s are refused', async (_name, content) => {
    await expect(clean(content)).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('lose type and title', async () => {
    expect(await clean('<style type="text/css" title="me" media="screen">g{fill:red}</style>')).toBe(
      '<style media="screen">g{fill:red}</style>',
    );
  });
});

describe('declarations', () => {
  it.each([
    ['fill:red;-inkscape-font-specification:"me";opacity:1', 'fill:red;opacity:1'],
    ['FILL:Red;fill:me;stroke:red me;stroke-width:1me', 'fill:Red'],
    ['fill:#ff0000 icc-color(me, 0.1, 0.2);stroke:rgb(1 2 3/50%)', 'fill:#ff0000;stroke:rgb(1 2 3/50%)'],
    ['color:r\\65 d;m\\65:me', 'color:red'],
    ['filter:progid:DXImageTransform.me(me=1);*zoom:1', undefined],
    ['fill:red !important;stroke:blue!me', 'fill:red !important'],
    ['content:"me";quotes:"me" "me"', undefined],
    [
      'width:calc(100% - 2px);transform:translate(1px,2px) rotate(.5turn)',
      'width:calc(100% - 2px);transform:translate(1px,2px) rotate(.5turn)',
    ],
    ['d:path("M0 0 1 1")', "d:path('M0 0 1 1')"],
    ['d:path("me # me")', undefined],
    ['fill:"me";mask-type:alpha', 'mask-type:alpha'],
    ['fill:url(#me) red;marker:url( "#me" )', 'fill:url(#a) red;marker:url(#a)'],
    ['fill:red}g{me:me', undefined],
    ['color:rgb(1,2,3', 'color:rgb(1,2,3)'],
    ['font-feature-settings:"liga" 0,"smcp"', "font-feature-settings:'liga' 0,'smcp'"],
    ['font:italic 700 12px/1.5 "A B",C D,serif', "font:italic 700 12px/1.5 'A B',C D,serif"],
    ["font-family:Source Sans 3,'O\\'Neil'", "font-family:Source Sans 3,'O\\'Neil'"],
    [
      'font:inherit;font-family:-apple-system,BlinkMacSystemFont',
      'font:inherit;font-family:-apple-system,BlinkMacSystemFont',
    ],
    ['transition:fill 1s ease-in;will-change:transform', 'transition:fill 1s ease-in;will-change:transform'],
    ['view-transition-name:me;font-palette:--me;color-profile:me', undefined],
  ])('%s become %s', async (css, expected) => {
    expect(await style(css)).toBe(expected);
  });

  it('have names of variables made short', async () => {
    expect(await clean('<g style="--me:red;--you:1px 2px;fill:var(--me,blue)"/><g style="stroke:var( --you )"/>')).toBe(
      '<g style="--a:red;--b:1px 2px;fill:var(--a,blue)"/><g style="stroke:var( --b )"/>',
    );
  });

  it('lose variables that nothing uses', async () => {
    expect(await style('--me:me;--you:{me};fill:var(--they)')).toBe('fill:var(--a)');
    expect(await style('--me:var(--you);--you:red;--they:var(--us);--us:1;fill:var(--me)')).toBe(
      '--a:var(--b);--b:red;fill:var(--a)',
    );
    expect(await clean('<g style="--me:red"/><metadata style="fill:var(--me)"/>')).toBe('<g/>');
  });

  it('have variables that hold families', async () => {
    expect(await style('--me:"Trebuchet MS",Arial Nova;font-family:var(--me)')).toBe(
      "--a:'Trebuchet MS',Arial Nova;font-family:var(--a)",
    );
  });

  it('note what was left out', async () => {
    expect(await findingsOf(svg('<g style="-inkscape-stroke:none;fill:me"/>'))).toEqual(
      expect.arrayContaining(['removed property -inkscape-stroke', 'removed property fill']),
    );
  });

  it('in presentation attributes are read like others', async () => {
    expect(
      await clean(
        '<g fill="url(#me) red" font-family="\'A B\', C" stroke="/*me*/red" color="r\\65 d" opacity="var(--me)"/>',
      ),
    ).toBe(`<g fill="url(#a) red" font-family="'A B',C" stroke="/**/red" color="red" opacity="var(--a)"/>`);
  });
});

describe('fonts that are brought along', () => {
  const woff = 'url(data:font/woff2;base64,d09GMgAA)';

  it('get short names wherever they are named, others keep theirs', async () => {
    const css = `@font-face{font-family:"Me Sans";src:local("Me Sans"),${woff} format("woff2");unicode-range:U+26,u+0-7F}.x{font-family:'me sans',Gill Sans,a}`;
    const content = `<style>${css}</style><g font-family="Me Sans" class="x"/><g style="font:bold 12px 'Me Sans'"/>`;
    expect(await clean(content)).toBe(
      `<style>@font-face{font-family:'b';src:local('Me Sans'),${woff} format('woff2');unicode-range:U+26,u+0-7F}.a{font-family:'b',Gill Sans,a}</style><g font-family="b" class="a"/><g style="font:bold 12px 'b'"/>`,
    );
  });

  it('keep names that are everywhere', async () => {
    const css = `@font-face{font-family:Arial;src:${woff}}`;
    expect(await sheet(css)).toBe(css);
  });

  it('may be loaded from elsewhere', async () => {
    const css = '@font-face{font-family:Roboto;src:url("https://example.org/r.woff2") format("woff2")}';
    expect(await sheet(css)).toBe(
      "@font-face{font-family:Roboto;src:url(&quot;https://example.org/r.woff2&quot;) format('woff2')}",
    );
    expect((await inspect(encode(svg(`<style>${css}</style>`)))).residual.join()).toContain('Addresses');
  });
});

describe('animations', () => {
  it('in style sheets have short names', async () => {
    const content =
      '<style>@keyframes me{from,50%{opacity:0}to{opacity:1}}@-webkit-keyframes me{to{fill:red}}.x{animation:me 2s ease-in infinite,you 1s;animation-name:me,none}</style><g class="x" style="animation:2s me"/>';
    expect(await clean(content)).toBe(
      '<style>@keyframes a{from,50%{opacity:0}to{opacity:1}}@-webkit-keyframes a{to{fill:red}}.a{animation:a 2s ease-in infinite,b 1s;animation-name:a,none}</style><g class="a" style="animation:2s a"/>',
    );
  });

  it('keep what they change, and their times, with short names', async () => {
    const content =
      '<rect id="me"><animate attributeName="fill" values="red;url(#me);#00f" begin="0s;me.click+1.5s;me.repeat(2)" dur="2s" repeatCount="indefinite"/></rect><animateMotion path="M0 0L9 9" begin="indefinite"><mpath href="#me"/></animateMotion><animate attributeName="d" from="M0 0" to="M1 1"/><animateTransform attributeName="transform" type="rotate" values="0 5 5;90 5 5" keyTimes="0;1"/>';
    expect(await clean(content)).toBe(
      content.replaceAll('me.', 'a.').replaceAll('#me', '#a').replace('id="me"', 'id="a"'),
    );
  });

  it.each(['wallclock(2020-01-01)', 'accessKey(m)', 'me', 'me.me', '0s;me+1'])('refuse the time %s', async (begin) => {
    await expect(clean(`<set attributeName="x" to="1" begin="${begin}"/>`)).rejects.toMatchObject({
      code: 'unsupported',
      trail: ['begin'],
    });
  });

  it.each(['href', 'xlink:href', 'class', 'onclick', 'style'])('refuse to change %s', async (name) => {
    await expect(clean(`<animate attributeName="${name}" to="me"/>`)).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('of nothing that is known are left out, and values that nobody knows', async () => {
    const content =
      '<g><set attributeName="me" to="me"/><set href="me.svg#x" attributeName="x" to="1"/><set attributeName="x" to="me"/></g>';
    expect(await clean(content)).toBe('<g><set attributeName="x"/></g>');
  });

  it('are left out where animation is dropped', async () => {
    const content =
      '<style>@keyframes me{from{opacity:0}}g{animation:me 2s;fill:red;transition:all 1s}</style><g><animate attributeName="x" to="3" dur="1s"/><set attributeName="x" to="1"/></g>';
    expect(await clean(content, { drop: ['animation'] })).toBe('<style>g{fill:red}</style><g/>');
  });
});
