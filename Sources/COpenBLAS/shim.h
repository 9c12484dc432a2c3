#ifndef OMNI_COPENBLAS_SHIM_H
#define OMNI_COPENBLAS_SHIM_H
#include <cblas.h>
#endif
