// Products with 8-bit weights.
// Beside its float sums a tile has as many integer ones: half the rows.
#define OMNI_TILE_LIMIT (OMNI_TILE_ROWS / 2)
#define OMNI_SINGLE_LIMIT (OMNI_TILE_LIMIT * OMNI_TILE_PANELS)
#include "tiles.h"
#define OMNI_BITS 8
#define OMNI_TEMPLATE "templates/multiply_integer.h"
#include "levels.h"

omni_multiply_part *omni_multiply_int8(omni_isa isa) { return OMNI_PICK(isa, multiply_int8); }
