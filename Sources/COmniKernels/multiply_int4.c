// Products with 4-bit weights.
#define OMNI_TILE_LIMIT OMNI_INTEGER_ROWS
#define OMNI_SINGLE_LIMIT (OMNI_TILE_LIMIT * OMNI_TILE_PANELS)
#include "tiles.h"
#define OMNI_BITS 4
#define OMNI_TEMPLATE "templates/multiply_integer.h"
#include "each_isa.h"

#include "isa_avxvnni.h"

#undef OMNI_TEMPLATE
#define OMNI_TEMPLATE "templates/multiply_integer_mmla.h"
#include "isa_neoni8mm.h"

omni_multiply_part *omni_multiply_int4(omni_isa isa) { return OMNI_PICK_BYTES(isa, multiply_int4); }
