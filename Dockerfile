# docs/hosting.md says how to run it. The command updates the database first; with several
# containers, run `python manage.py release` once and `python manage.py serve` in each.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app

COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY . ./
RUN SECRET_KEY=only-for-this-build python manage.py collectstatic --no-input \
    && useradd --no-create-home chat
USER chat

EXPOSE 8000
# The app ends in order within 25 s: give it that time (docker stop --time 30).
CMD ["sh", "-c", "python manage.py release && exec python manage.py serve"]
