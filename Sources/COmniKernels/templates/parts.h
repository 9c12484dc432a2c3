// Sums in parts of some columns, each part added up by itself: sums of long rows lose fewer digits, and a panel's part
// stays near while all rows pass it.
//
// Few rows pass panel by panel, so that weights are read in the order in which they lie; many pass part by part, so
// that theirs stay near. The sums are the same.
static void OMNI_(multiply_parts)(
    void (*multiply)(
        const omni_product *, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t column, ptrdiff_t count),
    ptrdiff_t part, const omni_product *p, ptrdiff_t row, ptrdiff_t row_count, ptrdiff_t panel, ptrdiff_t panel_count
) {
    const ptrdiff_t inputs = p->matrix->input_width;
    const ptrdiff_t panels = row_count <= OMNI_FEW_ROWS ? OMNI_TILE_PANELS : panel_count;
    for (ptrdiff_t j = panel; j < panel + panel_count; j += panels)
        for (ptrdiff_t k = 0; k < inputs || k == 0; k += part)
            multiply(p, row, row_count, j, omni_min(panels, panel + panel_count - j), k, omni_min(part, inputs - k));
}
