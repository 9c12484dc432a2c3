#ifndef OMNI_CLAPACKE_SHIM_H
#define OMNI_CLAPACKE_SHIM_H
#include <lapacke.h>
#endif
