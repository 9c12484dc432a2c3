import OmniTensor
import OmniTesting
import OwnParts
import Testing

@Suite("An engine of one's own")
struct CountingEngineTests {
    @Test("has right products", arguments: EngineConformance.productCases)
    func products(_ test: EngineConformance.ProductCase) throws {
        let engine = CountingEngine()
        #expect(try EngineConformance(engine).product(test) < 1e-5)
        #expect(engine.productCount == 1)
    }

    @Test("keeps weights as they are")
    func packing() throws { #expect(try EngineConformance(CountingEngine()).packing() == 0) }

    @Test("refuses what it cannot do")
    func precision() {
        #expect(throws: ComputeEngineError.unsupportedPrecision(.int8, engine: "counting")) {
            try CountingEngine().pack(Tensor(zeros: [4, 4]), bias: nil, precision: .int8)
        }
    }
}
