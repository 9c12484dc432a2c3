// A product as a call: activations rounded once, then tiles handed out in pieces.
#include "product.h"

enum {
    // Fewer multiplications than this are over before another thread has noticed.
    least_shared = 1 << 18,
    least_per_piece = 1 << 16,
    pieces_per_thread = 16,
    // Few rows wait for memory; a piece that starts elsewhere waits anew, so it should be worth it. In bytes.
    most_memory_bound_rows = 12,
    least_weights_per_piece = 64 << 10,
    // Of a piece with more rows than fit a few tiles.
    least_rows = 48,
    least_panels = 8,
    // Bytes of rounded activations at a time, and those of them that a piece keeps in its core's own cache.
    rounded_limit = 16 << 20,
    near_limit = 400 << 10,
    // Few rows: weights are read at full speed anyway, so activations stay exact.
    most_exact_rows = 8,
};

typedef struct multiplication {
    omni_product product;
    omni_multiply_part *part;
    omni_isa isa;
    ptrdiff_t row_count, panel_count;
    ptrdiff_t rows_per_piece, panels_per_piece, panel_piece_count;
} multiplication;

static void multiply_piece(void *context, ptrdiff_t piece) {
    const multiplication *m = context;
    const ptrdiff_t row = piece / m->panel_piece_count * m->rows_per_piece;
    const ptrdiff_t panel = piece % m->panel_piece_count * m->panels_per_piece;
    m->part(
        &m->product, row, omni_min(m->rows_per_piece, m->row_count - row), panel,
        omni_min(m->panels_per_piece, m->panel_count - panel));
}

enum { rows_per_rounding = 32 };

static void round_piece(void *context, ptrdiff_t piece) {
    const multiplication *m = context;
    const omni_product *p = &m->product;
    const ptrdiff_t row = piece * rows_per_rounding, row_count = omni_min(rows_per_rounding, m->row_count - row);
    const ptrdiff_t width = p->matrix->input_width, padded = omni_ceiling(width, 64) * 64;
    const float *x = p->x + row * p->x_stride;
    if (p->halves) {
        uint16_t *halves = (uint16_t *)p->halves + row * (omni_ceiling(width, 2) * 2);
        omni_halve_rows(m->isa, x, p->x_stride, row_count, width, halves);
    } else {
        const omni_format format = p->matrix->format;
        const ptrdiff_t block = row * (padded / 32), offset = block * omni_offsets_per_block(m->isa, format);
        omni_quantize_rows(
            m->isa, format, x, p->x_stride, row_count, width, (int8_t *)p->quants + row * padded,
            (float *)p->scales + block, (int32_t *)p->offsets + offset);
    }
}

// Points the product at working memory for `row_count` rounded rows.
static void make_room(multiplication *m, ptrdiff_t row_count) {
    const ptrdiff_t width = m->product.matrix->input_width, padded = omni_ceiling(width, 64) * 64;
    const size_t columns = omni_size_product((size_t)row_count, (size_t)padded), blocks = columns / 32;
    // Halves, or quants and for each 32 a scale and two offsets at most.
    char *room = omni_scratch(omni_scratch_call, omni_size_sum(columns, columns));
    if (m->product.matrix->format == omni_format_bfloat16) {
        m->product.halves = (uint16_t *)room;
    } else {
        m->product.quants = (int8_t *)room;
        m->product.scales = (float *)(room + columns);
        m->product.offsets = (int32_t *)(room + columns + blocks * sizeof(float));
    }
}

// Cuts the product so that every thread gets several pieces. Each piece reads its part of the weights once and its rows
// once for all its panels: rows that stay near, and with many rows enough panels to make up for reading them.
static void cut(multiplication *m, ptrdiff_t thread_count) {
    const omni_product *p = &m->product;
    const ptrdiff_t inputs = omni_max(1, p->matrix->input_width);
    const ptrdiff_t work = m->row_count * m->panel_count * omni_panel_width * inputs;
    const ptrdiff_t work_per_piece = omni_max(least_per_piece, work / (thread_count * pieces_per_thread));
    const ptrdiff_t row_size = p->quants ? inputs
        : p->halves                      ? 2 * omni_min(inputs, 1024)
                                         : 4 * omni_min(inputs, 128);
    ptrdiff_t rows = omni_min(m->row_count, omni_max(24, omni_min(240, near_limit / row_size)));
    ptrdiff_t panels = work_per_piece / (rows * omni_panel_width * inputs);
    if (m->row_count <= most_memory_bound_rows)
        panels = omni_max(panels, least_weights_per_piece / omni_max(1, omni_panel_size(p->matrix)));
    if (panels < least_panels && rows > least_rows) {
        rows = omni_max(least_rows, work_per_piece / (least_panels * omni_panel_width * inputs));
        panels = least_panels;
    }
    m->rows_per_piece = omni_ceiling(m->row_count, omni_ceiling(m->row_count, rows));
    m->panels_per_piece = omni_ceiling(omni_max(1, panels), 2) * 2;
    m->panel_piece_count = omni_ceiling(m->panel_count, m->panels_per_piece);
}

static void run(omni_pool *pool, multiplication *m, bool rounding) {
    const ptrdiff_t inputs = omni_max(1, m->product.matrix->input_width);
    if (rounding)
        omni_pool_run(
            m->row_count * inputs < least_per_piece ? NULL : pool, omni_ceiling(m->row_count, rows_per_rounding),
            round_piece, m);
    const bool shared = m->row_count * m->panel_count * omni_panel_width * inputs >= least_shared;
    cut(m, shared ? omni_pool_thread_count(pool) : 1);
    omni_pool_run(
        shared ? pool : NULL, omni_ceiling(m->row_count, m->rows_per_piece) * m->panel_piece_count, multiply_piece, m);
}

void omni_multiply(
    omni_pool *pool, omni_isa isa, const omni_matrix *matrix, const float *x, ptrdiff_t x_stride, ptrdiff_t row_count,
    bool accumulating, float *y
) {
    if (row_count == 0 || matrix->output_width == 0) return;
    multiplication m = {
        .product = {.matrix = matrix, .x_stride = x_stride, .accumulating = accumulating},
        .isa = isa,
        .panel_count = omni_ceiling(matrix->output_width, omni_panel_width),
    };
    bool rounding = true;
    switch (matrix->format) {
    case omni_format_float32:
        m.part = omni_multiply_float32(isa);
        rounding = false;
        break;
    case omni_format_bfloat16:
        m.part = row_count > most_exact_rows ? omni_multiply_bfloat16_pairs(isa) : NULL;
        rounding = m.part != NULL;
        if (!m.part) m.part = omni_multiply_bfloat16(isa);
        break;
    case omni_format_int8:
        m.part = omni_multiply_int8(isa);
        break;
    case omni_format_int4:
        m.part = omni_multiply_int4(isa);
        break;
    }
    // A round at a time, so that working memory does not grow with the number of rows.
    const ptrdiff_t row_size = omni_ceiling(matrix->input_width, 64) * 64 * 2;
    const ptrdiff_t rows_per_round =
        rounding ? omni_max(240, rounded_limit / omni_max(row_size, 1)) : row_count;
    for (ptrdiff_t row = 0; row < row_count; row += rows_per_round) {
        m.row_count = omni_min(rows_per_round, row_count - row);
        m.product.x = x + row * x_stride;
        m.product.y = y + row * matrix->output_width;
        if (rounding) make_room(&m, m.row_count);
        run(pool, &m, rounding);
    }
}
