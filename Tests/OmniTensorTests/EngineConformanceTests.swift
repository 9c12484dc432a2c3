import OmniTensor
import OmniTesting
import Testing

@Suite struct EngineConformanceTests {
    private let conformance = EngineConformance(BLASEngine())

    @Test(arguments: EngineConformance.productCases)
    func product(_ test: EngineConformance.ProductCase) throws {
        #expect(try conformance.product(test) < 2e-6)
    }

    @Test func theOracleTakesRowsOneByOne() throws {
        #expect(ReferenceEngine().multipliesRowsAlike(.float32) && !BLASEngine().multipliesRowsAlike(.float32))
        #expect(try EngineConformance(ReferenceEngine()).rowsAlike(inputWidth: 129) == 0)
    }

    @Test func packingLosesNothing() throws {
        #expect(try conformance.packing() == 0)
    }

    @Test(arguments: EngineConformance.attentionCases)
    func attention(_ test: EngineConformance.AttentionCase) {
        #expect(conformance.attention(test) < 2e-6)
        #expect(conformance.attention(test, isNarrow: true) < 2e-6)
    }

    @Test(arguments: EngineConformance.operationNames, [(1, 1), (3, 17), (5, 96)])
    func operation(_ name: String, _ shape: (rowCount: Int, width: Int)) {
        #expect(conformance.operation(name, rowCount: shape.rowCount, width: shape.width) < 2e-6)
    }

    @Test func attentionOverNothingIsZero() {
        // The first query of offset −2 sees no key at all.
        let geometry = AttentionGeometry(
            queryCount: 1, keyCount: 2, headCount: 1, groupCount: 1, headWidth: 2, scale: 1, causalOffset: -2,
            queryTimeStride: 2, queryHeadStride: 2, keyTimeStride: 2, keyHeadStride: 2)
        for engine in [ReferenceEngine(), BLASEngine()] as [any ComputeEngine] {
            var y = Tensor<Float>(repeating: 9, shape: [1, 2])
            let x = Tensor<Float>(repeating: 1, shape: [2, 2])
            var span = y.mutableSpan
            engine.attend(x.rows(0..<1).span, keys: x.span, values: x.span, geometry, into: &span)
            #expect(y.scalars == [0, 0])
        }
    }

    @Test func knownProduct() throws {
        // [1 2] · [[3 4] [5 6]]ᵀ + [10 20]
        for engine in [ReferenceEngine(), BLASEngine()] as [any ComputeEngine] {
            let packed = try engine.pack(
                Tensor([3, 4, 5, 6], shape: [2, 2]), bias: Tensor([10, 20], shape: [2]), precision: .float32)
            var y = Tensor<Float>(zeros: [1, 2])
            var span = y.mutableSpan
            engine.multiply(RowView([1, 2].span, width: 2), by: packed, accumulating: false, into: &span)
            #expect(y.scalars == [21, 37])
        }
    }

    @Test func knownActivations() {
        #expect(abs(Activation.gelu(1) - 0.841_344_75) < 1e-6)
        #expect(abs(Activation.geluTanh(1) - 0.841_192) < 1e-6)
        #expect(abs(Activation.silu(1) - 0.731_058_6) < 1e-6)
        #expect(Activation.relu(-2) == 0)
    }
}
