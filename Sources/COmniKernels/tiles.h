// How a part of a product is cut into tiles whose sums stay in registers.
#ifndef OMNI_TILES_H
#define OMNI_TILES_H
#include "product.h"

// Rows of a tile of OMNI_TILE_PANELS panels: OMNI_TILE_LIMIT; of one panel, where there are as many registers for more
// rows: OMNI_SINGLE_LIMIT.
#ifndef OMNI_SINGLE_LIMIT
#define OMNI_SINGLE_LIMIT OMNI_TILE_LIMIT
#endif

// Calls TILE with literal row and panel counts, so that its loops unroll and its sums become registers.
#define OMNI_TILE_CASE(rows, TILE, ...) \
    case rows: \
        if (OMNI_TILE_PANELS > 1 && two) { \
            if (rows <= OMNI_TILE_LIMIT) TILE(__VA_ARGS__, rows > OMNI_TILE_LIMIT ? 1 : rows, OMNI_TILE_PANELS); \
        } else if (rows <= OMNI_SINGLE_LIMIT) { \
            TILE(__VA_ARGS__, rows > OMNI_SINGLE_LIMIT ? 1 : rows, 1); \
        } \
        break;
#define OMNI_TILE_SWITCH(row_count, two_panels, TILE, ...) \
    do { \
        const bool two = (two_panels); \
        switch (row_count) { \
            OMNI_TILE_CASE(1, TILE, __VA_ARGS__) OMNI_TILE_CASE(2, TILE, __VA_ARGS__) \
            OMNI_TILE_CASE(3, TILE, __VA_ARGS__) OMNI_TILE_CASE(4, TILE, __VA_ARGS__) \
            OMNI_TILE_CASE(5, TILE, __VA_ARGS__) OMNI_TILE_CASE(6, TILE, __VA_ARGS__) \
            OMNI_TILE_CASE(7, TILE, __VA_ARGS__) OMNI_TILE_CASE(8, TILE, __VA_ARGS__) \
            OMNI_TILE_CASE(9, TILE, __VA_ARGS__) OMNI_TILE_CASE(10, TILE, __VA_ARGS__) \
            OMNI_TILE_CASE(11, TILE, __VA_ARGS__) OMNI_TILE_CASE(12, TILE, __VA_ARGS__) \
        } \
    } while (0)

// Keeps loads that follow a sum behind it. Where 16 registers hold a tile's sums and few vectors more, the compiler would
// load what the next sums need first, and store sums meanwhile.
#define OMNI_IN_ORDER(sum) __asm__ volatile("" : "+x"(sum) : : "memory")

// Rows of a tile, which are read a column at a time. A core that shares its instruction decoders with another thread,
// as virtual ones do, is limited by the number of instructions and not by its multipliers. So each pointer serves three
// rows, by the row size and twice the row size that an address can hold, and moves once in several columns.
enum { omni_rows_per_pointer = 3, omni_most_tile_rows = 12 };
typedef struct omni_rows {
    const char *at[omni_most_tile_rows / omni_rows_per_pointer];
    ptrdiff_t size;  // bytes from one row to the next
    int count;
} omni_rows;

OMNI_INLINE omni_rows omni_rows_from(const void *first, ptrdiff_t size, const int count) {
    omni_rows rows = {.size = size, .count = count};
    OMNI_UNROLL for (int i = 0; i < count; i += omni_rows_per_pointer)
        rows.at[i / omni_rows_per_pointer] = (const char *)first + i * size;
    return rows;
}

OMNI_INLINE const char *omni_row(const omni_rows *rows, const int i) {
    return rows->at[i / omni_rows_per_pointer] + i % omni_rows_per_pointer * rows->size;
}

// Moves all rows on by some bytes. The compiler is not to see where the pointers came from: it would compute the
// address of every row anew from the first.
OMNI_INLINE void omni_move_rows(omni_rows *rows, ptrdiff_t size) {
    OMNI_UNROLL for (int i = 0; i < rows->count; i += omni_rows_per_pointer) {
        const char **pointer = &rows->at[i / omni_rows_per_pointer];
        *pointer += size;
        __asm__("" : "+r"(*pointer));
    }
}

// Bytes of panels that stay near by themselves once they were read.
#define OMNI_NEAR_PANELS (256 << 10)

// Rows with which memory is the limit: they pass panel by panel.
#define OMNI_FEW_ROWS (4 * OMNI_TILE_ROWS)

// Bytes that are asked for ahead of the weights that a single tile of rows is multiplied by: the machine's own
// prefetching falls behind when it must begin anew in each panel.
enum { OMNI_BYTES_AHEAD = 6 << 10 };
static inline void omni_prefetch_ahead(const void *line) { __builtin_prefetch((const char *)line + OMNI_BYTES_AHEAD); }

// Asks for a part of the panels that come next, some of its lines with each tile of rows that is multiplied now. The
// machine's own prefetching does not see where a part goes on in another panel. With a single tile that would be all at
// once, and panels are read in the order in which they lie.
static inline void omni_prefetch_part(
    const void *part, ptrdiff_t panel_size, ptrdiff_t panel_count, ptrdiff_t line_count, ptrdiff_t row,
    ptrdiff_t tile_rows, ptrdiff_t row_count
) {
    for (ptrdiff_t j = 0; j < panel_count; j++)
        for (ptrdiff_t line = line_count * row / row_count; line < line_count * (row + tile_rows) / row_count; line++)
            __builtin_prefetch((const char *)part + j * panel_size + line * 64);
}

// Columns `column ..< column + count` of some rows with some panels, and where their sums lie from part to part: rows of
// y are so far apart that caches hold few of them, so those of many rows and parts are kept side by side meanwhile.
typedef struct omni_part {
    ptrdiff_t row, row_count, panel, panel_count, column, count;
    float *kept;  // [panels in the order in which they are taken, rows, 16 a panel], or NULL: in y
} omni_part;
// Bytes of sums that are kept so: more would stay nowhere near.
#define OMNI_MOST_KEPT (1 << 20)

// What the sums of a tile go on from, NULL for nothing, where they go, and how far apart rows of both lie.
typedef struct omni_tile_sums {
    const float *from;
    ptrdiff_t from_stride;
    float *to;
    ptrdiff_t to_stride;
} omni_tile_sums;

// Those of the tile at row `i` and panel `j`, of `used` panels.
static inline omni_tile_sums omni_part_sums(
    const omni_product *p, const omni_part *part, ptrdiff_t i, ptrdiff_t j, ptrdiff_t used
) {
    const ptrdiff_t outputs = p->matrix->output_width;
    float *y = p->y + i * outputs + j * omni_panel_width, *kept = y;
    ptrdiff_t kept_stride = outputs;
    if (part->kept) {
        kept_stride = used * omni_panel_width;
        kept = part->kept + (j - part->panel) * part->row_count * omni_panel_width + (i - part->row) * kept_stride;
    }
    const bool is_first = part->column == 0, is_last = part->column + part->count >= p->matrix->input_width;
    return (omni_tile_sums){
        .from = !is_first ? kept : p->accumulating ? y : NULL,
        .from_stride = is_first ? outputs : kept_stride,
        .to = is_last ? y : kept,
        .to_stride = is_last ? outputs : kept_stride,
    };
}

// Rows of the next tile when `left` are left: as even as the limit allows, since a tile of one row wastes most of its
// loads.
static inline ptrdiff_t omni_tile_rows(ptrdiff_t left, ptrdiff_t limit) {
    return omni_ceiling(left, omni_ceiling(left, limit));
}
#endif
