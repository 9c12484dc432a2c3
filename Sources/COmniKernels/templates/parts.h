// Sums in parts of some columns, each part added up by itself: sums of long rows lose fewer digits, and a panel's part
// stays near while all rows pass it.
//
// Few rows pass panel by panel, so that weights are read in the order in which they lie; many pass part by part, so
// that theirs stay near. The sums are the same.
static void OMNI_(multiply_parts)(
    void (*multiply)(const omni_product *, const omni_part *), ptrdiff_t width, const omni_product *p, ptrdiff_t row,
    ptrdiff_t row_count, ptrdiff_t panel, ptrdiff_t panel_count
) {
    const ptrdiff_t inputs = p->matrix->input_width;
    const bool few = row_count <= OMNI_FEW_ROWS;
    omni_part part = {.row = row, .row_count = row_count, .panel = panel, .panel_count = panel_count};
    const size_t kept = omni_size_product((size_t)(row_count * panel_count), omni_panel_width * sizeof(float));
    if (!few && inputs > 2 * width && kept <= OMNI_MOST_KEPT) part.kept = omni_scratch(omni_scratch_piece, kept);
    const ptrdiff_t panels = few ? OMNI_TILE_PANELS : panel_count;
    for (; part.panel < panel + panel_count; part.panel += panels) {
        part.panel_count = omni_min(panels, panel + panel_count - part.panel);
        for (part.column = 0; part.column < inputs || part.column == 0; part.column += width) {
            part.count = omni_min(width, inputs - part.column);
            multiply(p, &part);
        }
    }
}
