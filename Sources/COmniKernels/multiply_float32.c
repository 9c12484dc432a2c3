// Products with float32 weights.
#include "tiles.h"
#define OMNI_TILE_LIMIT OMNI_TILE_ROWS
#define OMNI_TEMPLATE "templates/multiply_float32.h"
#include "each_isa.h"

omni_multiply_part *omni_multiply_float32(omni_isa isa) { return OMNI_PICK(isa, multiply_float32); }
