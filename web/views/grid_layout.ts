/** A place on the page, in CSS pixels from the top left of the grid. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Between two tiles. */
const GAP_PX = 10;
/** Wider than any camera's picture, a tile would only be cropped. */
const WIDEST = 16 / 9;
/** The narrowest tile on a wide page, and on a tall one. */
const NARROWEST_LANDSCAPE = 4 / 3;
const NARROWEST_PORTRAIT = 3 / 4;
/** The strip beside what is featured, as a part of the page. */
const STRIP_SHARE = 0.22;
const STRIP_MIN_PX = 110;
const STRIP_MAX_PX = 280;
/** Narrower, and nobody is recognised: rather more than fit, to be scrolled. */
const MIN_TILE_PX = 150;
/** The same in the strip, which does not scroll. */
const MIN_STRIP_TILE_PX = 96;

/**
 * Places tiles: the first `featured` of them large, the others in a strip at
 * the right, or below on a tall page; without featured ones, all alike in a grid.
 *
 * A grid of more tiles than fit is longer than the page. The strip is not: those
 * that do not fit have no place.
 *
 * @returns one place for each tile, in their order
 */
export function layoutTiles(
  count: number,
  featured: number,
  width: number,
  height: number,
): readonly Rect[] {
  const page = { x: 0, y: 0, width, height };
  if (featured === 0) return layoutGrid(count, page, MIN_TILE_PX);
  if (featured >= count) return layoutFeatured(count, page);
  const [stage, strip] = splitPage(page);
  return [
    ...layoutFeatured(featured, stage),
    ...layoutGrid(
      Math.min(count - featured, stripCapacity(strip)),
      strip,
      0,
      NARROWEST_LANDSCAPE,
    ),
  ];
}

/** The new places; those that are as they were are the same objects. */
export function keepPlaces(
  before: ReadonlyMap<string, Rect>,
  now: ReadonlyMap<string, Rect>,
): ReadonlyMap<string, Rect> {
  return new Map(
    [...now].map(([key, place]) => {
      const old = before.get(key);
      return [key, old && isSameRect(old, place) ? old : place];
    }),
  );
}

/**
 * As many columns as make the tiles largest; the last row is centred. Tiles that
 * would be narrower than `minWidth` go beyond the area's end instead.
 */
export function layoutGrid(
  count: number,
  area: Rect,
  minWidth: number,
  narrowest = narrowestIn(area),
): readonly Rect[] {
  if (count === 0 || area.width <= 0 || area.height <= 0) return [];
  let best = gridOf(count, 1, area, narrowest);
  for (let columns = 2; columns <= count; columns++) {
    const grid = gridOf(count, columns, area, narrowest);
    if (grid.tileWidth * grid.tileHeight > best.tileWidth * best.tileHeight) {
      best = grid;
    }
  }
  const fits = best.tileWidth >= Math.min(minWidth, area.width);
  return placeTiles(count, fits ? best : longGrid(count, area), area);
}

/** As wide as the page and as long as it takes. */
function longGrid(count: number, area: Rect): Grid {
  const columns = Math.max(
    Math.floor((area.width + GAP_PX) / (MIN_TILE_PX + GAP_PX)),
    1,
  );
  const tileWidth = (area.width - GAP_PX * (columns - 1)) / columns;
  const tileHeight = tileWidth / NARROWEST_LANDSCAPE;
  return { columns, rows: Math.ceil(count / columns), tileWidth, tileHeight };
}

function stripCapacity({ width, height }: Rect): number {
  const fitting = (length: number, tile: number) =>
    Math.max(Math.floor((length + GAP_PX) / (tile + GAP_PX)), 1);
  return fitting(width, MIN_STRIP_TILE_PX) *
    fitting(height, MIN_STRIP_TILE_PX / NARROWEST_LANDSCAPE);
}

interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
}

function narrowestIn(area: Rect): number {
  return area.width > area.height ? NARROWEST_LANDSCAPE : NARROWEST_PORTRAIT;
}

function gridOf(
  count: number,
  columns: number,
  area: Rect,
  narrowest: number,
): Grid {
  const rows = Math.ceil(count / columns);
  const cellWidth = (area.width - GAP_PX * (columns - 1)) / columns;
  const cellHeight = (area.height - GAP_PX * (rows - 1)) / rows;
  const aspect = clamp(cellWidth / cellHeight, narrowest, WIDEST);
  const tileWidth = Math.max(Math.min(cellWidth, cellHeight * aspect), 0);
  return { columns, rows, tileWidth, tileHeight: tileWidth / aspect };
}

function placeTiles(count: number, grid: Grid, area: Rect): readonly Rect[] {
  const { columns, rows, tileWidth, tileHeight } = grid;
  const spare = area.height - spanOf(rows, tileHeight);
  const top = area.y + Math.max(spare, 0) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = area.x + (area.width - spanOf(inRow, tileWidth)) / 2;
    return roundRect({
      x: left + (index % columns) * (tileWidth + GAP_PX),
      y: top + row * (tileHeight + GAP_PX),
      width: tileWidth,
      height: tileHeight,
    });
  });
}

/** Screens have any shape, so their tiles take all the room that there is. */
function layoutFeatured(count: number, area: Rect): readonly Rect[] {
  const sideBySide = area.width > area.height;
  const length = sideBySide ? area.width : area.height;
  const share = (length - GAP_PX * (count - 1)) / count;
  return Array.from({ length: count }, (_, index) => {
    const offset = index * (share + GAP_PX);
    return roundRect(
      sideBySide
        ? { ...area, x: area.x + offset, width: share }
        : { ...area, y: area.y + offset, height: share },
    );
  });
}

function splitPage(page: Rect): [stage: Rect, strip: Rect] {
  const wide = page.width > page.height;
  const length = wide ? page.width : page.height;
  const strip = clamp(length * STRIP_SHARE, STRIP_MIN_PX, STRIP_MAX_PX);
  const stage = length - strip - GAP_PX;
  return wide
    ? [
      { ...page, width: stage },
      { ...page, x: stage + GAP_PX, width: strip },
    ]
    : [
      { ...page, height: stage },
      { ...page, y: stage + GAP_PX, height: strip },
    ];
}

function spanOf(count: number, length: number): number {
  return count * length + (count - 1) * GAP_PX;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

function isSameRect(a: Rect, b: Rect): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width &&
    a.height === b.height;
}

/** Whole pixels keep pictures and text sharp. */
function roundRect({ x, y, width, height }: Rect): Rect {
  return {
    x: Math.round(x),
    y: Math.round(y),
    width: Math.floor(width),
    height: Math.floor(height),
  };
}
