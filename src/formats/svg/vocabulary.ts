// The words that values of attributes and properties are made of. Others mean nothing to a viewer, and may mean something to people.

const words = (text: string): string[] => text.trim().toLowerCase().split(/\s+/);

/** CSS Color Module Level 4 §6.1, §6.2 and appendix A. */
const colors = words(`
  aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown burlywood cadetblue
  chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan darkgoldenrod darkgray darkgreen darkgrey
  darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred darksalmon darkseagreen darkslateblue darkslategray
  darkslategrey darkturquoise darkviolet deeppink deepskyblue dimgray dimgrey dodgerblue firebrick floralwhite forestgreen fuchsia
  gainsboro ghostwhite gold goldenrod gray green greenyellow grey honeydew hotpink indianred indigo ivory khaki lavender
  lavenderblush lawngreen lemonchiffon lightblue lightcoral lightcyan lightgoldenrodyellow lightgray lightgreen lightgrey lightpink
  lightsalmon lightseagreen lightskyblue lightslategray lightslategrey lightsteelblue lightyellow lime limegreen linen magenta
  maroon mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen mediumslateblue mediumspringgreen mediumturquoise
  mediumvioletred midnightblue mintcream mistyrose moccasin navajowhite navy oldlace olive olivedrab orange orangered orchid
  palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff peru pink plum powderblue purple rebeccapurple red
  rosybrown royalblue saddlebrown salmon sandybrown seagreen seashell sienna silver skyblue slateblue slategray slategrey snow
  springgreen steelblue tan teal thistle tomato turquoise violet wheat white whitesmoke yellow yellowgreen transparent currentColor
  activeborder activecaption appworkspace background buttonface buttonhighlight buttonshadow buttontext captiontext graytext
  highlight highlighttext inactiveborder inactivecaption inactivecaptiontext infobackground infotext menu menutext scrollbar
  threeddarkshadow threedface threedhighlight threedlightshadow threedshadow window windowframe windowtext accentcolor
  accentcolortext activetext buttonborder canvas canvastext field fieldtext linktext mark marktext selecteditem selecteditemtext
  visitedtext`);

/** Keywords of the properties that are kept, and of the attributes of SVG. */
const keywords = words(`
  a a98-rgb above absolute accumulate active add additive after-edge alias all all-petite-caps all-scroll all-small-caps
  allow-discrete alpha alphabetic alternate alternate-reverse always and any-hover any-pointer anywhere arcs arithmetic aspect-ratio
  atop auto auto-start-reverse avoid b back backwards balance baseline before-edge bevel bicubic bidi-override bilinear
  bitmap blink block bold bolder border-box both bottom bounding-box box box-decoration break-all break-spaces break-word butt c
  calc cap-height capitalize caption cell center central ch-width child circle clip closest-corner closest-side coarse col-resize
  collapse color color-burn color-dodge color-gamut common-ligatures condensed contain content-box contents context-fill
  context-menu context-stroke contextual copy cover crisp-edges crispEdges crop crosshair css custom dark darken dashed decreasing
  default defer device-aspect-ratio device-height device-width diagonal-fractions difference digits dilate disable discard discrete
  discretionary-ligatures display-mode display-p3 dotted double duplicate e e-resize each-line ease ease-in ease-in-out ease-out
  economy edges ellipse ellipsis em embed emoji end erode evenodd ew-resize ex-height exact exclude exclusion expanded external
  extra-condensed extra-expanded fallback fangsong fantasy farthest-corner farthest-side fast fill fill-box fine first fixed
  fixed-position flat flex flow flow-root force-end forced-colors forwards fractalNoise freeze from from-font full-size-kana
  full-width g gamma geometricPrecision grab grabbing grammar-error grid groove h hand hanging hard-light height help hidden
  high-contrast high-quality historical-ligatures horizontal horizontal-tb hover hsl hue hueRotate hwb icon identity ideographic in
  increasing indefinite infinite infinity inherit ink initial inline inline-block inline-end inline-flex inline-grid inline-start
  inline-table inset inside inter-character inter-word intersect inverted-colors invert isolate isolate-override isolated italic jis04
  jis78 jis83 jis90 jump-both jump-end jump-none jump-start justify justify-all keep-all l lab landscape large larger last lch
  leading-spaces left less light lighten lighter line-through linear linearRGB lining-nums list-item local longer loose lower
  lowercase lr lr-tb ltr luminance luminanceToAlpha luminosity m magnify manipulation manual margin-box markers marker-end marker-mid
  marker-start match-parent match-source math mathematical matrix max-aspect-ratio max-device-height max-device-width max-height
  max-resolution max-width medial media medium meet menu message-box middle min-aspect-ratio min-device-height min-device-width
  min-height min-resolution min-width miter miter-clip mixed monochrome monospace more move multiply n-resize nan narrower ne-resize
  nesw-resize never new no-change no-common-ligatures no-contextual no-discretionary-ligatures no-drop no-historical-ligatures
  no-preference no-repeat no-referrer nofollow non-rotation non-scaling-size non-scaling-stroke none nonzero noopener noreferrer
  normal noStitch not not-allowed nowrap ns-resize nw-resize nwse-resize o objectBoundingBox objects oblique oklab oklch oldstyle-nums
  once only opacity optimizeLegibility optimizeQuality optimizeSpeed optional or ordinal orientation out outset outside over overlay
  overline paced pad padding-box painted pan-down pan-left pan-right pan-up pan-x pan-y path paused perspective petite-caps pi
  pinch-zoom pixelated plaintext plus-darker plus-lighter pointer polygon portrait position prefers-color-scheme prefers-contrast
  prefers-reduced-motion prefers-reduced-transparency preserve preserve-3d preserve-breaks preserve-parent-color preserve-spaces
  pretty print progress progressive prophoto-rgb proportional-nums proportional-width r rec2020 reduce reflect relative remove repeat
  repeat-x repeat-y replace reset-size resolution reverse revert revert-layer ridge right rl rl-tb rotate round row-resize ruby run-in
  running s s-resize sans-serif saturate saturation scale screen scroll scroll-position scrolling se-resize semi-condensed
  semi-expanded separate sepia serif shorter sideways sideways-lr sideways-right sideways-rl simplified skewX skewY slashed-zero slice
  slow small small-caps small-caption smaller smooth soft-light solid space space-between spaces spacing spacingAndGlyphs speech
  spelling-error spline square srgb srgb-linear stable stacked-fractions standard start static status-bar step-end step-start sticky stitch
  stretch strict stroke stroke-box strokeWidth style styleset sub subtract sum super sw-resize swap symbolic system-ui table
  table-cell table-column table-row tabular-nums tb tb-lr tb-rl text text-after-edge text-before-edge text-bottom text-top thick thin
  titling-caps to top traditional trailing-spaces translate turbulence ui-monospace ui-rounded ui-sans-serif ui-serif
  ultra-condensed ultra-expanded under underline unicase unicode unset update uppercase upright use-script userSpaceOnUse
  userSpace v vertical vertical-lr vertical-rl vertical-text view-box viewport visible visibleFill visiblePainted visibleStroke w
  w-resize wait wavy wavelength weight whenNotActive wider width wrap x x-large x-small xMaxYMax xMaxYMid xMaxYMin xMidYMax xMidYMid
  xMidYMin xMinYMax xMinYMid xMinYMin xml xor xx-large xx-small xxx-large xyz xyz-d50 xyz-d65 y z zoom-in zoom-out
  -webkit-zoom-in -webkit-zoom-out -webkit-grab -webkit-grabbing -apple-system blinkmacsystemfont antialiased subpixel-antialiased
  important identity table gamma over atop auto true false _blank _parent _replace _self _top initial terminal`);

/** CSS Values and Units Level 4 §5–§7; clock values of SMIL. */
const unitWords = words(`
  px pt pc mm cm in em ex ch rem lh rlh cap ic q vw vh vi vb vmin vmax svw svh lvw lvh dvw dvh deg rad grad turn s ms h min dpi dpcm
  dppx x fr`);

/** Units of dimensions, in lower case. */
export const units: ReadonlySet<string> = new Set(unitWords);

/** Words of values, in lower case. */
export const vocabulary: ReadonlySet<string> = new Set([...colors, ...keywords]);

/** Generic families, and words that stand for a family (CSS Fonts Module Level 4 §2.1). */
export const genericFamilies: ReadonlySet<string> = new Set(
  words(`
    serif sans-serif monospace cursive fantasy system-ui ui-serif ui-sans-serif ui-monospace ui-rounded math emoji fangsong inherit
    initial unset revert revert-layer -apple-system BlinkMacSystemFont`),
);

/** Families that are installed on most devices: their names tell nothing, and other programs than browsers look them up. */
export const commonFamilies: ReadonlySet<string> = new Set(
  words(`arial courier georgia helvetica impact tahoma times verdana`).concat(
    ...[
      'arial black',
      'arial narrow',
      'comic sans ms',
      'courier new',
      'helvetica neue',
      'times new roman',
      'trebuchet ms',
    ],
    ...['dejavu sans', 'dejavu serif', 'liberation sans', 'liberation serif', 'open sans', 'noto sans', 'roboto'],
  ),
);

/** Words of `animation` and its parts that are no names (CSS Animations Level 1 §3). */
export const animationWords: ReadonlySet<string> = new Set(
  words(`
    none inherit initial unset revert revert-layer auto ease linear ease-in ease-out ease-in-out step-start step-end infinite normal
    reverse alternate alternate-reverse forwards backwards both running paused replace add accumulate important`),
);

/** Functions of values; `url()`, `src()` and `var()` are read by themselves. */
export const functions: ReadonlySet<string> = new Set(
  words(`
    rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark calc min max clamp round mod rem sin cos tan asin acos atan
    atan2 pow sqrt hypot log exp abs sign matrix matrix3d translate translatex translatey translatez translate3d scale scalex scaley
    scalez scale3d rotate rotatex rotatey rotatez rotate3d skew skewx skewy perspective cubic-bezier steps linear path polygon circle
    ellipse inset rect xywh ray drop-shadow blur brightness contrast grayscale hue-rotate invert opacity saturate sepia format tech
    linear-gradient radial-gradient conic-gradient repeating-linear-gradient repeating-radial-gradient repeating-conic-gradient
    fit-content`),
);

/** What `format()` and `font-face-format` say of fonts (CSS Fonts Level 4 §4.3; SVG 1.1 §20.8.3). */
export const fontFormats: ReadonlySet<string> = new Set(
  words(`
    collection embedded-opentype opentype svg truetype truetype-gx truetype-aat woff woff2 woff-variations woff2-variations
    truetype-variations opentype-variations`),
);

const NUMBERS = /^[\s\d.,+\-eE%]*$/;
const COLOR = /^#[\da-fA-F]{3,8}$/;
const SYNTAX = /^[\w\s.,;:#%+\-()/*]*$/;
/** A colour, a number with its unit, or a word. */
const TERM = /#\w*|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?([A-Za-z_]*)|-*[A-Za-z_][\w-]*/g;

/** Whether a value is made of numbers, colours and known words alone, without references. */
export function isKnownValue(value: string): boolean {
  if (NUMBERS.test(value) || COLOR.test(value) || vocabulary.has(value)) return true;
  if (!SYNTAX.test(value) || value.includes('/*')) return false;
  for (const [term, unit] of value.matchAll(TERM)) {
    const isKnown =
      unit === undefined
        ? COLOR.test(term) || vocabulary.has(term.toLowerCase()) || functions.has(term.toLowerCase())
        : unit === '' || units.has(unit.toLowerCase());
    if (!isKnown) return false;
  }
  return true;
}

/** A value with its white space as spaces. */
export function spaced(text: string): string {
  return /[^\S ]/.test(text) ? text.replace(/\s/g, ' ') : text;
}

const PATH_DATA = /[\s\d.,+\-eEMmZzLlHhVvCcSsQqTtAaBbRr]*/y;
const COORDINATES = /[\s\d.,+\-eE]*/y;

/** Whether a text is path data (SVG 2 §9.3; SVG 2 drafts have `B` and `R`). */
export function isPathData(text: string): boolean {
  return readablePath(text).length === text.length;
}

/** Path data as far as they can be read: so far they are drawn (SVG 2 §9.5.4). */
export function readablePath(text: string): string {
  const path = readable(text, PATH_DATA);
  const stray = /(?:^|[^\d.])[eE]/.exec(path);
  return stray === null ? path : path.slice(0, stray.index);
}

/** Coordinates as far as they can be read: so far they are drawn. */
export function readablePoints(text: string): string {
  return readable(text, COORDINATES);
}

function readable(text: string, pattern: RegExp): string {
  pattern.lastIndex = 0;
  pattern.test(text);
  return pattern.lastIndex === text.length ? text : text.slice(0, pattern.lastIndex);
}
