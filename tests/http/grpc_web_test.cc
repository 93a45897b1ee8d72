// What gRPC-Web is made of: which requests are, the fields of both sides, and bodies in base64 cut
// anywhere. The expectations were seen from Envoy 1.40.
#include "lib/http/grpc_web.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/strings.h"
#include "lib/http/base64_decoder.h"
#include "lib/http/grpc_web_encoder.h"

namespace postern {
namespace {

using namespace std::string_view_literals;

HeaderList Fields(std::initializer_list<HeaderView> fields) {
  HeaderList list;
  for (const HeaderView& field : fields) list.Add(field.name, field.value);
  return list;
}

std::string Text(const HeaderList& list) {
  std::string text;
  for (const HeaderView& field : list.fields()) {
    text += StrCat(field.name, ": ", field.value, "\n");
  }
  return text;
}

// Decoded gives the decoder `text` in pieces that end at `cuts`, with `room` for what comes out.
// "!" ends a text that is broken, "?" one that is not whole.
std::string Decoded(std::string_view text, std::initializer_list<size_t> cuts, size_t room = 64) {
  Base64Decoder decoder;
  std::string out;
  std::vector<uint8_t> piece(room);
  size_t begin = 0;
  const auto give = [&](size_t end) {
    ByteSpan bytes = AsBytes(text.substr(begin, end - begin));
    begin = end;
    while (!bytes.empty() && !decoder.broken()) {
      const size_t size = decoder.Decode(&bytes, piece);
      out += AsText({piece.data(), size});
    }
  };
  for (const size_t cut : cuts) give(cut);
  give(text.size());
  return decoder.broken() ? out + "!" : decoder.held() == 0 ? out : out + "?";
}

// Encoded does so with an encoder, and ends what is not complete.
std::string Encoded(std::string_view body, std::initializer_list<size_t> cuts, size_t room = 64) {
  GrpcWebEncoder encoder;
  std::string out;
  std::vector<uint8_t> piece(room);
  size_t begin = 0;
  const auto give = [&](size_t end) {
    ByteSpan bytes = AsBytes(body.substr(begin, end - begin));
    begin = end;
    while (!bytes.empty()) out += AsText({piece.data(), encoder.Encode(&bytes, piece)});
  };
  for (const size_t cut : cuts) give(cut);
  give(body.size());
  return out += AsText({piece.data(), encoder.Finish(piece)});
}

TEST(GrpcWebTest, TakesFourContentTypesToTheLetter) {
  for (const std::string_view type : {"application/grpc-web", "application/grpc-web+proto"}) {
    const auto form = FindGrpcWeb(Fields({{"content-type", type}}));
    ASSERT_TRUE(form.has_value()) << type;
    EXPECT_FALSE(form->text_request);
    EXPECT_FALSE(form->text_response);
  }
  for (const std::string_view type :
       {"application/grpc-web-text", "application/grpc-web-text+proto"}) {
    const auto form = FindGrpcWeb(Fields({{"content-type", type}}));
    ASSERT_TRUE(form.has_value()) << type;
    EXPECT_TRUE(form->text_request);
    EXPECT_FALSE(form->text_response);
  }
  for (const std::string_view type :
       {"", "application/grpc", "application/grpc-web+json", "application/grpc-web-text+json",
        "application/grpc-web; charset=utf-8", "Application/gRPC-Web", "application/grpc-webx"}) {
    EXPECT_FALSE(FindGrpcWeb(Fields({{"content-type", type}})).has_value()) << type;
  }
  EXPECT_FALSE(FindGrpcWeb(Fields({})).has_value());
  EXPECT_FALSE(
      FindGrpcWeb(Fields({{"content-type", "application/grpc-web"}, {"content-type", "a"}}))
          .has_value());
}

TEST(GrpcWebTest, AnswersInBase64ToWhoAcceptsNothingElse) {
  const HeaderView type = {"content-type", "application/grpc-web"};
  const auto text = [&](std::string_view accept) {
    return FindGrpcWeb(Fields({type, {"accept", accept}}))->text_response;
  };
  EXPECT_TRUE(text("application/grpc-web-text"));
  EXPECT_TRUE(text("application/grpc-web-text+proto"));
  EXPECT_FALSE(text("application/grpc-web-text+json"));
  EXPECT_FALSE(text("application/grpc-web-text, */*"));
  EXPECT_FALSE(FindGrpcWeb(Fields({type,
                                   {"accept", "application/grpc-web-text"},
                                   {"accept", "application/grpc-web-text"}}))
                   ->text_response);
}

TEST(GrpcWebTest, ARequestBecomesGrpcInItsPlaces) {
  HeaderList request =
      Fields({{"content-type", "application/grpc-web"}, {"content-length", "7"}, {"x-a", "1"}});
  SetGrpcRequest(&request);
  EXPECT_EQ(Text(request),
            "content-type: application/grpc\nx-a: 1\nte: trailers\n"
            "grpc-accept-encoding: identity\n");
  request = Fields({{"grpc-accept-encoding", "gzip"}, {"te", "trailers"}});
  SetGrpcRequest(&request);
  EXPECT_EQ(Text(request),
            "grpc-accept-encoding: gzip\nte: trailers\ncontent-type: application/grpc\n");
}

TEST(GrpcWebTest, AnAnswerHoldsGrpcIfItsStatusAndTypeSaySo) {
  for (const std::string_view type :
       {"application/grpc", "application/grpc+json", "application/grpc+json;x",
        "application/grpc-web", "APPLICATION/GRPC-WEB", "application/grpc-web ; x=y",
        "application/grpc-web+proto;x=y"}) {
    EXPECT_TRUE(HoldsGrpc(200, type)) << type;
    EXPECT_FALSE(HoldsGrpc(201, type)) << type;
  }
  for (const std::string_view type :
       {"", "text/plain", "application/grpc;", "application/grpc ;x", "Application/gRPC",
        "application/grpc-web-text", "application/grpc-web+json", "application/grpc, text/plain"}) {
    EXPECT_FALSE(HoldsGrpc(200, type)) << type;
  }
}

TEST(GrpcWebTest, WhatIsNotGrpcIsToldAsItsOutcome) {
  HeaderList answer = Fields({{"content-length", "3"},
                              {"content-type", "text/plain"},
                              {"grpc-status", "7"},
                              {"x-a", "1"}});
  SetGrpcWebType(true, &answer);
  EXPECT_EQ(Text(answer),
            "content-type: application/grpc-web-text+proto\ngrpc-status: 7\nx-a: 1\n");
  SetGrpcOutcome(404, "no%0A", &answer);
  EXPECT_EQ(Text(answer),
            "content-type: application/grpc-web-text+proto\ngrpc-status: 12\nx-a: 1\n"
            "grpc-message: no%0A\ncontent-length: 0\n");
  answer.Clear();
  SetGrpcWebType(false, &answer);
  EXPECT_EQ(Text(answer), "content-type: application/grpc-web+proto\n");
}

TEST(GrpcWebTest, TrailersAreAFrame) {
  const HeaderView trailers[] = {{"grpc-status", "0"}, {"x-b-bin", "AAEC"}};
  EXPECT_EQ(GrpcWebTrailers(trailers), "\x80\0\0\0\x1dgrpc-status:0\r\nx-b-bin:AAEC\r\n"sv);
  EXPECT_EQ(GrpcWebTrailers({}), "\x80\0\0\0\0"sv);
  const std::string value(300, 'a');
  const HeaderView one[] = {{"x", value}};
  EXPECT_EQ(GrpcWebTrailers(one).substr(0, 5), "\x80\0\0\x01\x30"sv);
}

TEST(Base64DecoderTest, ATextIsTheSameWhereverItIsCut) {
  static constexpr struct {
    std::string_view text, bytes;
  } kRows[] = {
      {"", ""},
      {"AAAAAAJoaQ==", "\0\0\0\0\2hi"sv},
      {"+/+/AAECAwQF", "\xfb\xff\xbf\0\1\2\3\4\5"sv},
      {"AA==AAAAAg==aGk=", "\0\0\0\0\2hi"sv},  // Padded where the client flushed.
      {"AAAAAAJoa", "\0\0\0\0\2h?"sv},
      {"AAAAAAJoaR==", "\0\0\0\0\2h!"sv},  // Bits are left over.
      {"AAAAaGl=", "\0\0\0!"sv},
      {"AAAA!AAA", "\0\0\0!"sv},
      {"AAAA\r\nAA", "\0\0\0!"sv},
      {"AAAA-_-_", "\0\0\0!"sv},
      {"AA=A", "!"},
      {"A===", "!"},
      {"====", "!"},
      {"aGk=\xff", "hi!"},
  };
  for (const auto& row : kRows) {
    for (size_t i = 0; i <= row.text.size(); ++i) {
      for (size_t j = i; j <= row.text.size(); ++j) {
        EXPECT_EQ(Decoded(row.text, {i, j}), row.bytes) << row.text << " " << i << " " << j;
      }
    }
    EXPECT_EQ(Decoded(row.text, {}, 3), row.bytes);
    EXPECT_EQ(Decoded(row.text, {}, 5), row.bytes);
  }
}

TEST(GrpcWebEncoderTest, EachMessageIsPaddedWhereverTheBodyIsCut) {
  static constexpr struct {
    std::string_view body, text;
  } kRows[] = {
      {""sv, ""},
      {"\0\0\0\0\5hello\0\0\0\0\6world!\0\0\0\0\0"sv, "AAAAAAVoZWxsbw==AAAAAAZ3b3JsZCE=AAAAAAA="},
      {"\0\0\0\0\1a"sv, "AAAAAAFh"},
      {"\1\0\0\0\3abc"sv, "AQAAAANhYmM="},
      {"\0\0\0\0\5hello\0\0\0\0\6wor"sv, "AAAAAAVoZWxsbw==AAAAAAZ3b3I="},  // Breaks off.
      {"\0\0"sv, "AAA="},
      {"\x80\0\0\0\x0fgrpc-status:0\r\n"sv, "gAAAAA9ncnBjLXN0YXR1czowDQo="},
  };
  for (const auto& row : kRows) {
    for (size_t i = 0; i <= row.body.size(); ++i) {
      for (size_t j = i; j <= row.body.size(); ++j) {
        EXPECT_EQ(Encoded(row.body, {i, j}), row.text) << row.text << " " << i << " " << j;
      }
    }
    EXPECT_EQ(Encoded(row.body, {}, GrpcWebEncoder::kRoom), row.text);
    EXPECT_EQ(Encoded(row.body, {}, GrpcWebEncoder::kRoom + 3), row.text);
  }
}

TEST(GrpcWebEncoderTest, ALongMessageComesBack) {
  std::string body("\0\0\1\x86\xa0"sv);  // 100,000 bytes.
  for (uint32_t i = 0; i < 100'000; ++i) body.push_back(static_cast<char>(i * 7 + i / 251));
  for (const size_t cut : {1, 4, 5, 6, 5000, 50'000, 100'004}) {
    const std::string text = Encoded(body, {cut}, 4096);
    EXPECT_EQ(text.size(), (body.size() + 2) / 3 * 4);
    EXPECT_EQ(Decoded(text, {cut}, 4096), body);
  }
}

}  // namespace
}  // namespace postern
