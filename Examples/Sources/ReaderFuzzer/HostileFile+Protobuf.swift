/// Files in Protocol Buffers: networks and pieces of text.
extension HostileFile {
    func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] { varint(number << 3 | 2) + varint(bytes.count) + bytes }

    private func varint(_ value: Int) -> [UInt8] {
        var (value, result): (Int, [UInt8]) = (value, [])
        while value >= 128 {
            result.append(UInt8(value & 127 | 128))
            value >>= 7
        }
        return result + [UInt8(value)]
    }

    private func name(_ number: Int, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

    /// A stored tensor of ones of a type.
    private func tensor(_ text: String, _ extents: [Int], type: UInt8, byteCount: Int) -> [UInt8] {
        let shape: [UInt8] = extents.flatMap { [0x08] + varint($0) }
        return field(5, name(8, text) + shape + [0x10, type] + field(9, [UInt8](repeating: 1, count: byteCount)))
    }

    /// A node that does `operation` to `inputs`.
    private func node(_ operation: String, _ inputs: [String], _ output: String, _ more: [UInt8] = []) -> [UInt8] {
        field(1, name(4, operation) + inputs.flatMap { name(1, $0) } + name(2, output) + more)
    }

    func onnx(_ byteCount: Int) -> [UInt8] {
        var graph: [UInt8] = []
        switch self {
        case .equalInputs:
            let tensor =
                name(8, "big") + [0x08] + [0x80, 0x80, 0x04] + [0x10, 7]
                + field(9, [UInt8](repeating: 0, count: byteCount / 2))
            var equal = name(4, "Equal") + name(2, "c") + name(1, "sr")
            for _ in 0..<byteCount / 10 { equal += name(1, "big") }
            let branch =
                field(5, name(1, "then_branch") + field(6, [])) + field(5, name(1, "else_branch") + field(6, []))
            graph = field(5, tensor) + field(1, equal)
            for _ in 0..<20 { graph += field(1, name(4, "If") + name(1, "c") + branch) }
        case .emptyAttributes:
            graph = field(1, (0..<byteCount / 2).flatMap { _ in [0x2a, 0] as [UInt8] })
        case .identityChain:
            for place in 0..<byteCount / 24 {
                graph += field(1, name(4, "Identity") + name(1, "v\(place + 1)") + name(2, "v\(place)"))
            }
            graph += field(1, name(4, "Conv") + name(1, "x") + name(1, "v0") + name(2, "y"))
        case .sharedKernel:
            let side = Int(Double(byteCount / 4).squareRoot())
            graph = tensor("w", [side, side, 1], type: 1, byteCount: 4 * side * side)
            for place in 0..<64 { graph += node("Conv", ["x", "w"], "y\(place)") }
        default:
            graph = field(5, name(8, "a") + field(7, [UInt8](repeating: 1, count: byteCount)))
        }
        return field(7, graph)
    }

    /// Products by matrices that many nodes name, or that few describe.
    func smartTurn(_ byteCount: Int) -> [UInt8] {
        var graph: [UInt8] = []
        var productCount = byteCount / 48
        switch self {
        case .sharedMatrix:
            let side = Int(Double(byteCount / 4).squareRoot())
            graph = tensor("w", [side, side], type: 1, byteCount: 4 * side * side)
            productCount = 500
        case .sharedIntegers:
            let side = Int(Double(byteCount).squareRoot())
            graph = tensor("x", [side, side], type: 3, byteCount: side * side) + tensor("s", [], type: 1, byteCount: 4)
            graph += node("DequantizeLinear", ["x", "s"], "w")
            productCount = 500
        case .scales:
            let count = byteCount / 8
            graph = tensor("x", [1], type: 3, byteCount: 1) + tensor("s", [count], type: 1, byteCount: 4 * count)
            graph += node("DequantizeLinear", ["x", "s"], "w")
        case .attributes:
            let attributes = (0..<min(byteCount / 4, 90_000)).flatMap { _ in [0x2a, 0] as [UInt8] }
            graph = node("Transpose", ["x"], "w", attributes)
        case .extents:
            graph = tensor("w", [Int](repeating: 1, count: byteCount / 4), type: 1, byteCount: 8)
        case .inputs:
            graph = node("Sum", (0..<min(byteCount / 7, 800_000)).map { String($0, radix: 36) }, "y")
            productCount = 0
        default:
            let long = String(repeating: "n", count: byteCount / 4)
            graph = node("Identity", [long], "w")
        }
        for place in 0..<productCount { graph += node("MatMul", ["w", "w"], "y\(place)") }
        return field(7, graph)
    }

    func pieceModel(_ byteCount: Int) -> [UInt8] {
        var model = field(1, field(1, Array("<unk>".utf8)) + [0x18, 2])
        switch self {
        case .characterMap:
            let map: [UInt8] = [4, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 97, count: byteCount)
            model += field(3, field(2, map))
        case .pieces:
            for place in 0..<byteCount / 1000 {
                model += field(1, field(1, Array("\(place)".utf8) + [UInt8](repeating: 97, count: 980)))
            }
        default:
            for place in 0..<byteCount / 10 { model += field(1, field(1, Array(String(place, radix: 36).utf8))) }
        }
        return model
    }
}
