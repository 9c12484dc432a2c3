// The scalar definitions of everything an engine may override. They are the oracle: plain loops, sums in double.

extension ComputeEngine {
    /// None: whatever threads compute, they are not this engine's own.
    public var canReserveThread: Bool { false }

    /// No: libraries add up products of different heights in different orders.
    public func multipliesRowsAlike(_ precision: WeightPrecision) -> Bool { false }

    /// Runs `body`.
    public func withReservedThread(_ body: () -> Void) { body() }

    public func open(_ stored: StoredMatrix) throws(ComputeEngineError) -> any PackedMatrix {
        throw .cannotOpenPackedWeights(engine: name)
    }

    public func attend(
        _ queries: Span<Float>, keys: Span<Float>, values: Span<Float>, _ geometry: AttentionGeometry,
        into y: inout MutableSpan<Float>
    ) {
        geometry.require(queries: queries.count, keys: keys.count, values: values.count, result: y.count)
        var scores = [Double](repeating: 0, count: geometry.keyCount)
        let headsPerGroup = geometry.headCount / geometry.groupCount
        for query in 0..<geometry.queryCount {
            let visible = geometry.visibleKeyCount(forQuery: query)
            for head in 0..<geometry.headCount {
                let q = query * geometry.queryTimeStride + head * geometry.queryHeadStride
                let group = head / headsPerGroup * geometry.keyHeadStride
                var largest = -Double.infinity
                for key in 0..<visible {
                    let k = key * geometry.keyTimeStride + group
                    var sum = 0.0
                    for i in 0..<geometry.headWidth { sum += Double(queries[q + i]) * Double(keys[k + i]) }
                    scores[key] = sum * Double(geometry.scale)
                    largest = max(largest, scores[key])
                }
                var total = 0.0
                for key in 0..<visible {
                    scores[key] = ScalarMath.exp(scores[key] - largest)
                    total += scores[key]
                }
                let target = (query * geometry.headCount + head) * geometry.headWidth
                for i in 0..<geometry.headWidth {
                    var sum = 0.0
                    for key in 0..<visible {
                        sum += scores[key] * Double(values[key * geometry.keyTimeStride + group + i])
                    }
                    y[target + i] = visible == 0 ? 0 : Float(sum / total)
                }
            }
        }
    }

    public func attend(
        _ queries: Span<Float>, bfloat16Keys keys: Span<UInt16>, values: Span<UInt16>, _ geometry: AttentionGeometry,
        into y: inout MutableSpan<Float>
    ) {
        let wideKeys = keys.indices.map { NarrowFloat.widenBrain(keys[$0]) }
        let wideValues = values.indices.map { NarrowFloat.widenBrain(values[$0]) }
        attend(queries, keys: wideKeys.span, values: wideValues.span, geometry, into: &y)
    }

    public func normalizeRMS(
        _ x: Span<Float>, weight: Span<Float>, epsilon: Float, into y: inout MutableSpan<Float>
    ) {
        let width = weight.count
        precondition(
            x.count == y.count && x.count % width == 0, "\(x.count) elements into \(y.count), rows of \(width)")
        for row in stride(from: 0, to: x.count, by: width) {
            var squares = 0.0
            for i in 0..<width { squares += Double(x[row + i]) * Double(x[row + i]) }
            let scale = Float(1 / (squares / Double(width) + Double(epsilon)).squareRoot())
            for i in 0..<width { y[row + i] = x[row + i] * scale * weight[i] }
        }
    }

    public func normalizeLayer(
        _ x: Span<Float>, weight: Span<Float>, bias: Span<Float>, epsilon: Float, into y: inout MutableSpan<Float>
    ) {
        let width = weight.count
        precondition(
            x.count == y.count && x.count % width == 0, "\(x.count) elements into \(y.count), rows of \(width)")
        precondition(bias.count == width, "a bias of \(bias.count) for rows of \(width)")
        for row in stride(from: 0, to: x.count, by: width) {
            var sum = 0.0
            for i in 0..<width { sum += Double(x[row + i]) }
            let mean = sum / Double(width)
            var squares = 0.0
            for i in 0..<width {
                let deviation = Double(x[row + i]) - mean
                squares += deviation * deviation
            }
            let scale = 1 / (squares / Double(width) + Double(epsilon)).squareRoot()
            for i in 0..<width { y[row + i] = Float((Double(x[row + i]) - mean) * scale) * weight[i] + bias[i] }
        }
    }

    public func softmax(_ x: inout MutableSpan<Float>, width: Int) {
        precondition(width > 0 && x.count % width == 0, "\(x.count) elements in rows of \(width)")
        for row in stride(from: 0, to: x.count, by: width) {
            var largest = -Float.infinity
            for i in 0..<width { largest = max(largest, x[row + i]) }
            var total = 0.0
            for i in 0..<width {
                x[row + i] = ScalarMath.exp(x[row + i] - largest)
                total += Double(x[row + i])
            }
            let scale = Float(1 / total)
            for i in 0..<width { x[row + i] *= scale }
        }
    }

    public func activate(_ x: inout MutableSpan<Float>, _ activation: Activation) {
        for i in 0..<x.count { x[i] = activation(x[i]) }
    }

    public func gate(_ y: inout MutableSpan<Float>, with x: Span<Float>, _ activation: Activation) {
        precondition(x.count == y.count, "gates for \(x.count) and \(y.count) elements")
        for i in 0..<y.count { y[i] = activation(y[i]) * x[i] }
    }

    public func add(_ x: Span<Float>, to y: inout MutableSpan<Float>) {
        precondition(x.count == y.count, "adding \(x.count) elements to \(y.count)")
        for i in 0..<y.count { y[i] += x[i] }
    }

    public func add(_ x: Span<Float>, scalingRowsBy scales: Span<Float>, to y: inout MutableSpan<Float>) {
        let width = RowGeometry.width(elementCount: x.count, rowCount: scales.count, sumCount: y.count)
        for row in 0..<scales.count {
            for i in row * width..<(row + 1) * width { y[i] += scales[row] * x[i] }
        }
    }

    public func snake(_ x: inout MutableSpan<Float>, alpha: Span<Float>, inverseAlpha: Span<Float>) {
        let channelCount = ChannelGeometry.snake(
            elementCount: x.count, alphaCount: alpha.count, inverseAlphaCount: inverseAlpha.count)
        for row in stride(from: 0, to: x.count, by: channelCount) {
            for c in 0..<channelCount {
                let sine = ScalarMath.sin(alpha[c] * x[row + c])
                x[row + c] += inverseAlpha[c] * sine * sine
            }
        }
    }

    public func snake(
        _ x: Span<Float>, alpha: Span<Float>, inverseAlpha: Span<Float>, into y: inout MutableSpan<Float>
    ) {
        precondition(x.count == y.count, "\(x.count) elements into \(y.count)")
        for i in 0..<x.count { y[i] = x[i] }
        snake(&y, alpha: alpha, inverseAlpha: inverseAlpha)
    }

    public func convolveDepthwise(
        _ x: Span<Float>, weight: Span<Float>, bias: Span<Float>?, channelCount: Int, dilation: Int,
        into y: inout MutableSpan<Float>
    ) {
        let (frameCount, tapCount) = ChannelGeometry.depthwise(
            inputCount: x.count, weightCount: weight.count, biasCount: bias?.count, outputCount: y.count,
            channelCount: channelCount, dilation: dilation)
        for t in 0..<frameCount {
            for c in 0..<channelCount {
                var sum = bias?[c] ?? 0
                for k in 0..<tapCount {
                    sum += x[(t + k * dilation) * channelCount + c] * weight[k * channelCount + c]
                }
                y[t * channelCount + c] = sum
            }
        }
    }

    public func convolveDepthwise(
        _ x: Span<Float>, weight: Span<Float>, bias: Span<Float>?, channelCount: Int, dilation: Int,
        alpha: Span<Float>, inverseAlpha: Span<Float>, into y: inout MutableSpan<Float>
    ) {
        convolveDepthwise(
            x, weight: weight, bias: bias, channelCount: channelCount, dilation: dilation, into: &y)
        snake(&y, alpha: alpha, inverseAlpha: inverseAlpha)
    }
}
