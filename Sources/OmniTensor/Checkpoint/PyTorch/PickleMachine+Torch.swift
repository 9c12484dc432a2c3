extension PickleMachine {
    /// What PyTorch's functions would make of their arguments.
    mutating func call(_ callee: PickleValue, _ arguments: PickleValue) throws(CheckpointError) -> PickleValue {
        guard case .global(let global) = callee, let arguments = heap.members(arguments) else {
            throw malformed("a call of something that cannot be called")
        }
        switch global {
        case .orderedDictionary:
            guard arguments.isEmpty else { throw unsupported("an OrderedDict made of arguments") }
            return heap.dictionary()
        case .rebuildTensor: return try tensor(arguments)
        case .rebuildParameter:
            guard let first = arguments.first, case .tensor = first else { throw malformed("a parameter of no tensor") }
            return first
        case .size:
            guard arguments.count == 1, case .sequence = arguments[0] else {
                throw malformed("a torch.Size of nothing")
            }
            return arguments[0]
        case .storage: throw unsupported("a storage inside the pickle")
        }
    }

    /// A storage from its persistent id: `("storage", class, key, device, element count)`.
    mutating func storage(_ identifier: PickleValue) throws(CheckpointError) -> PickleValue {
        guard let parts = heap.members(identifier), parts.count == 5,
            case .string("storage") = parts[0], case .global(.storage(let scalarType)) = parts[1],
            case .string(let key) = parts[2], case .integer(let elementCount) = parts[4], elementCount >= 0
        else { throw malformed("a persistent id that is no storage") }
        heap.storages.append(.init(scalarType: scalarType, key: key, elementCount: elementCount))
        return .storage(heap.storages.count - 1)
    }

    /// `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks[, metadata])`.
    private mutating func tensor(_ arguments: [PickleValue]) throws(CheckpointError) -> PickleValue {
        guard (6...7).contains(arguments.count), case .storage(let storage) = arguments[0],
            case .integer(let offset) = arguments[1], let extents = heap.integers(arguments[2]),
            let strides = heap.integers(arguments[3])
        else { throw malformed("a tensor with other arguments than PyTorch gives") }
        heap.tensors.append(
            .init(storage: heap.storages[storage], offset: offset, extents: extents, strides: strides))
        return .tensor(heap.tensors.count - 1)
    }
}
