OMNI_INLINE omni_f32x16 OMNI_(activation)(omni_activation activation, omni_f32x16 x) {
    switch (activation) {
    case omni_activation_gelu:
        return 0.5f * x * (1.0f + erf16(x * 0.70710677f));
    case omni_activation_gelu_tanh:
        return 0.5f * x * (1.0f + tanh16(0.7978846f * (x + 0.044715f * x * x * x)));
    case omni_activation_silu: {
        // The exponential ends at that of 88, which the largest floats are larger than.
        const omni_f32x16 y = x / (1.0f + exp16(-x));
        return x < -88.0f ? splat16(0) : y;
    }
    case omni_activation_relu:
        return x < 0.0f ? splat16(0) : x;
    case omni_activation_sigmoid:
        return 1.0f / (1.0f + exp16(-x));
    case omni_activation_tanh:
        return tanh16(x);
    }
    return x;
}

// y = activation(y), times x unless that is NULL. Inlined once for each activation, so that none asks in its loop.
OMNI_INLINE void OMNI_(apply_one)(omni_activation activation, float *y, const float *x, ptrdiff_t count) {
    ptrdiff_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const omni_f32x16 v = OMNI_(activation)(activation, load16(y + i));
        store16(y + i, x ? v * load16(x + i) : v);
    }
    if (i < count) {
        const omni_f32x16 v = OMNI_(activation)(activation, load_some(y + i, count - i));
        store_some(y + i, x ? v * load_some(x + i, count - i) : v, count - i);
    }
}

static void OMNI_(apply)(omni_activation activation, float *y, const float *x, ptrdiff_t count) {
    switch (activation) {
    case omni_activation_gelu: OMNI_(apply_one)(omni_activation_gelu, y, x, count); break;
    case omni_activation_gelu_tanh: OMNI_(apply_one)(omni_activation_gelu_tanh, y, x, count); break;
    case omni_activation_silu: OMNI_(apply_one)(omni_activation_silu, y, x, count); break;
    case omni_activation_relu: OMNI_(apply_one)(omni_activation_relu, y, x, count); break;
    case omni_activation_sigmoid: OMNI_(apply_one)(omni_activation_sigmoid, y, x, count); break;
    case omni_activation_tanh: OMNI_(apply_one)(omni_activation_tanh, y, x, count); break;
    }
}

static void OMNI_(add)(const float *x, float *y, ptrdiff_t count) {
    ptrdiff_t i = 0;
    for (; i + 16 <= count; i += 16) store16(y + i, load16(y + i) + load16(x + i));
    for (; i < count; i++) y[i] += x[i];
}
