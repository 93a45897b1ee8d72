#include "postern/service.h"

#include "postern/engine.h"

namespace postern {

void Service::OnRequest(Engine& engine, StreamId stream, const ServiceRequest& /*request*/) {
  engine.Reset(engine.now(), stream, absl::UnimplementedError("the service takes no requests"));
}

void Service::OnConnection(Engine& engine, StreamId stream,
                           const ServiceConnection& /*connection*/) {
  engine.Reset(engine.now(), stream, absl::UnimplementedError("the service takes no connections"));
}

void Service::OnData(Engine& /*engine*/, StreamId /*stream*/, ByteSpan /*bytes*/) {}

void Service::OnDataEnd(Engine& /*engine*/, StreamId /*stream*/,
                        std::span<const HeaderView> /*trailers*/) {}

void Service::OnWritable(Engine& /*engine*/, StreamId /*stream*/) {}

}  // namespace postern
