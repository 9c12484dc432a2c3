internal import COmniKernels

extension NativeEngine {
    public func attend(
        _ queries: Span<Float>, keys: Span<Float>, values: Span<Float>, _ geometry: AttentionGeometry,
        into y: inout MutableSpan<Float>
    ) {
        geometry.require(queries: queries.count, keys: keys.count, values: values.count, result: y.count)
        var shape = omni_attention(
            query_count: geometry.queryCount, key_count: geometry.keyCount, head_count: geometry.headCount,
            group_count: geometry.groupCount, head_width: geometry.headWidth, scale: geometry.scale,
            is_causal: geometry.causalOffset != nil, causal_offset: geometry.causalOffset ?? 0,
            rounds: geometry.precision != .float32,
            query_time_stride: geometry.queryTimeStride, query_head_stride: geometry.queryHeadStride,
            key_time_stride: geometry.keyTimeStride, key_head_stride: geometry.keyHeadStride)
        unsafe queries.withUnsafeBufferPointer { q in
            unsafe keys.withUnsafeBufferPointer { k in
                unsafe values.withUnsafeBufferPointer { v in
                    unsafe y.withUnsafeMutableBufferPointer { y in
                        unsafe omni_attend(
                            pool.handle, isa, &shape, q.baseAddress, k.baseAddress, v.baseAddress, y.baseAddress)
                    }
                }
            }
        }
    }
}
