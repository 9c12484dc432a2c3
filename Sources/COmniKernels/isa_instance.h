// Includes OMNI_TEMPLATE for the instruction set that the macros describe, and forgets them. See each_isa.h.
#include "templates/lanes.h"
#include OMNI_TEMPLATE
#undef OMNI_ISA_NAME
#undef OMNI_TILE_ROWS
#undef OMNI_TILE_PANELS
#undef OMNI_INTEGER_ROWS
#undef OMNI_PART_WIDTH
